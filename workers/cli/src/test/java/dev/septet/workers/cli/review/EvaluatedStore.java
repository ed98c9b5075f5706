package dev.septet.workers.cli.review;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A store with evaluations, as the evaluate stage writes them. */
final class EvaluatedStore {
    private final Path home;
    private int attempts;

    /**
     * @param home with the state folder {@code state}
     */
    EvaluatedStore(Path home) {
        this.home = home;
    }

    /** A row with the tuned model's and the base model's answers. */
    record Answered(String prompt, String tuned, String base) {}

    /** Rows that nobody can tell apart: the answers of both models are equally long digests. */
    static List<Answered> rows(int count) {
        List<Answered> rows = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            rows.add(new Answered(
                    "prompt " + row,
                    dev.septet.activities.store.Sha256.of("tuned " + row),
                    dev.septet.activities.store.Sha256.of("base " + row)));
        }
        return rows;
    }

    void evaluation(String pipeline, List<Answered> split) throws IOException {
        evaluation(pipeline, Map.of("", split));
    }

    /** Commits an evaluation of a pipeline. */
    void evaluation(String pipeline, Map<String, List<Answered>> sets) throws IOException {
        LocalStore store = new LocalStore(home.resolve("state/store"));
        Fence fence = new Fence(pipeline + "/evaluate", ++attempts);
        store.open(fence);
        Path folder = Files.createDirectories(home.resolve("report-" + pipeline + "-" + attempts));
        for (Map.Entry<String, List<Answered>> set : new LinkedHashMap<>(sets).entrySet()) {
            StringBuilder lines = new StringBuilder();
            for (Answered row : set.getValue()) {
                ObjectNode line = SpecJson.mapper().createObjectNode().put("prompt", row.prompt());
                line.putObject("after").put("answer", row.tuned());
                line.putObject("before").put("answer", row.base());
                lines.append(line).append('\n');
            }
            Files.writeString(
                    folder.resolve(
                            set.getKey().isEmpty() ? "predictions.jsonl" : "predictions-" + set.getKey() + ".jsonl"),
                    lines);
        }
        Files.writeString(folder.resolve("results.json"), "{\"settings\":{\"seed\":42}}\n");
        new StageResults(store)
                .commit(
                        new RunRef(pipeline, "run-" + pipeline + attempts, "", ""),
                        StageKey.of(Stage.EVALUATE).with("trained model", pipeline + attempts),
                        "",
                        fence,
                        new EvaluationReport(
                                Verdict.INCONCLUSIVE, List.of(), store.put(folder, fence), new Origin("", null, "")));
        store.release(fence);
    }
}
