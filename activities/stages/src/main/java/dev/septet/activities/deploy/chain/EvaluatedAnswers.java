package dev.septet.activities.deploy.chain;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.endpoint.RowAnswers;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.ChainLink;
import dev.septet.workflows.artifact.ChainReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The link to a model that a service holds: it answers test prompts as it did in the evaluation. Services are not
 * deterministic at temperature 0 either, so a share of the answers may differ.
 *
 * @param evaluation folder of the evaluation's report
 * @param dataset folder of the prepared dataset
 */
public record EvaluatedAnswers(Path evaluation, Path dataset) {
    /** Rows that are asked again, at most. */
    public static final int ROWS = 16;

    /** Least share of equal answers. */
    static final double EQUAL = 0.5;

    /** Largest share of the answers that training changed and that are the base model's again. */
    static final double AS_BASE = 0.25;

    private record Evaluated(Row row, @Nullable String before, String after) {}

    /**
     * Asks the service and checks its answers.
     *
     * @param name of the model, for the report
     */
    public ChainReport verify(RowAnswers model, String name) throws IOException {
        ChainChecks checks = new ChainChecks();
        checks.at(ChainLink.ENDPOINT, name);
        try {
            List<Evaluated> evaluated = sample();
            checks.atLeast(
                    "answers of the evaluation that can be asked for again",
                    evaluated.size(),
                    1,
                    "the evaluation has no answers; add a metric that reads answers, such as `metric exactMatch`");
            List<String> now = model.of(evaluated.stream().map(Evaluated::row).toList(), maxTokens());
            check(checks, evaluated, now);
        } catch (ChainChecks.Broken broken) {
            // The report has the check that failed.
        }
        return checks.report();
    }

    private static void check(ChainChecks checks, List<Evaluated> evaluated, List<String> now) {
        int equal = 0;
        int changed = 0;
        int asBase = 0;
        for (int at = 0; at < now.size(); at++) {
            String answer = now.get(at).strip();
            String after = evaluated.get(at).after().strip();
            String before = evaluated.get(at).before();
            equal += answer.equals(after) ? 1 : 0;
            if (before != null && !before.strip().equals(after)) {
                changed++;
                asBase += answer.equals(before.strip()) ? 1 : 0;
            }
        }
        if (changed > 0) {
            checks.atMost(
                    String.format(
                            Locale.ROOT,
                            "share of %d answers that tuning changed, and that are the base model's again",
                            changed),
                    (double) asBase / changed,
                    AS_BASE,
                    "the service answers with the base model; ask its support whether the tuned model is still there");
        }
        checks.atLeast(
                String.format(Locale.ROOT, "share of %d answers that are those of the evaluation", now.size()),
                (double) equal / now.size(),
                EQUAL,
                "the service answers otherwise than in the evaluation: the gate judged another model; train again");
    }

    private int maxTokens() throws IOException {
        return SpecJson.mapper()
                .readTree(evaluation.resolve("results.json").toFile())
                .path("settings")
                .path("maxNewTokens")
                .asInt();
    }

    private List<Evaluated> sample() throws IOException {
        List<Row> rows = PreparedRows.read(dataset.resolve("test.jsonl"), 0);
        List<Evaluated> all = new ArrayList<>();
        for (String line : Files.readAllLines(evaluation.resolve("predictions.jsonl"))) {
            JsonNode json = SpecJson.mapper().readTree(line);
            JsonNode after = json.path("after").path("answer");
            JsonNode before = json.path("before").path("answer");
            int row = json.path("row").asInt(-1);
            if (after.isTextual() && row >= 0 && row < rows.size()) {
                all.add(new Evaluated(rows.get(row), before.isTextual() ? before.asText() : null, after.asText()));
            }
        }
        int count = Math.min(ROWS, all.size());
        List<Evaluated> sample = new ArrayList<>();
        for (int at = 0; at < count; at++) {
            sample.add(all.get((int) ((long) at * all.size() / count)));
        }
        return sample;
    }
}
