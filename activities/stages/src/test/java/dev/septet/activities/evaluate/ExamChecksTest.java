package dev.septet.activities.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.evaluate.ContaminationSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ExamChecksSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.evaluate.EvaluateActivities;
import dev.septet.workflows.evaluate.EvaluateRequest;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the evaluate stage with checks; a function stands for each model. */
class ExamChecksTest {
    private static final Origin ORIGIN = new Origin("0".repeat(64), null, "made for a test");

    @TempDir
    Path folder;

    private final TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    private LocalStore store;
    private EvaluateActivities activities;

    /** The tuned model's answer to a row. */
    private Function<Row, String> answers = EvaluationRows::reference;

    /** The tuned model's mean log-probability of the least likely tokens of a row. */
    private Function<Row, Double> familiar = row -> -1 - row.place().line() % 10 / 10.0;

    private boolean losses = true;
    private final List<String> asked = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        store = new LocalStore(folder.resolve("store"));
        PipelineFiles files = new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(), List.of()));
        environment.registerActivitiesImplementations(new EvaluateActivitiesImpl(store, files, new Models()));
        activities = environment.newActivityStub(EvaluateActivities.class);
        Files.writeString(folder.resolve("general.jsonl"), rows("fact", 40).replaceAll(",\"source\":\"[^\"]*\"", ""));
    }

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    void rowsThatAreAlsoTrainingRowsDecideByTheBound() throws IOException {
        String training = rows("train", 50) + rows("ticket", 3);
        EvaluationReport clean = evaluate(checks(0.0, null), rows("train", 50));
        assertThat(score(clean, "training overlap").verdict()).isEqualTo(Verdict.GO);
        assertThat(clean.verdict()).isEqualTo(Verdict.GO);

        EvaluationReport over = evaluate(checks(0.01, null), training);
        assertThat(score(over, "training overlap"))
                .satisfies(score -> assertThat(score.after()).isEqualTo(0.05))
                .satisfies(score -> assertThat(score.verdict()).isEqualTo(Verdict.NO_GO))
                .satisfies(score -> assertThat(score.why())
                        .isEqualTo("the share of rows that are also training rows is 0.05, not at most 0.01."));
        assertThat(over.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(evaluate(checks(0.05, null), training).verdict()).isEqualTo(Verdict.GO);

        Path out = store.fetch(over.artifact());
        JsonNode found = results(out).path("contamination");
        assertThat(found.path(0).path("overlapping").asInt()).isEqualTo(3);
        assertThat(found.path(0).path("firstOverlaps").path(0).asText()).isEqualTo("ticket.jsonl:1");
        assertThat(found.path(1).path("set").asText()).isEqualTo("forgetting suite");
        assertThat(Files.readString(out.resolve("report.html")))
                .contains("Contamination", "3 of 60 rows are also training rows");
    }

    /** People must say that they accept it. */
    @Test
    void anOverlapWithoutABoundIsInconclusive() throws IOException {
        EvaluationReport report = evaluate(checks(null, null), rows("train", 50) + rows("ticket", 3));
        assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(score(report, "training overlap").why()).contains("no `maxOverlap:` says how much is accepted");
    }

    @Test
    void testRowsThatAreMoreFamiliarThanValidationRowsAreASignal() throws IOException {
        EvaluationReport usual = evaluate(checks(0.0, 0.65), rows("train", 50));
        assertThat(score(usual, "membership signal"))
                .satisfies(score -> assertThat(score.after()).isBetween(0.4, 0.6))
                .satisfies(score -> assertThat(score.verdict()).isEqualTo(Verdict.GO));

        familiar = row -> (row.place().file().equals("ticket.jsonl") ? -0.1 : -3)
                - row.place().line() % 10 / 10.0;
        EvaluationReport known = evaluate(checks(0.0, 0.65), rows("train", 51));
        assertThat(score(known, "membership signal"))
                .satisfies(score -> assertThat(score.after()).isEqualTo(1))
                .satisfies(score -> assertThat(score.before()).isBetween(0.4, 0.6))
                .satisfies(score -> assertThat(score.verdict()).isEqualTo(Verdict.NO_GO));
        assertThat(score(known, "membership signal on forgetting suite").verdict())
                .isEqualTo(Verdict.GO); // never bounded
    }

    @Test
    void aSignalThatCannotBeMeasuredNeverPassesItsBound() throws IOException {
        losses = false;
        EvaluationReport report = evaluate(checks(0.0, 0.65), rows("train", 50));
        assertThat(score(report, "membership signal").verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(score(report, "membership signal").why()).contains("gives no losses", "remove `maxMembership:`");
        EvaluationReport unbounded = evaluate(checks(0.0, null), rows("train", 50));
        assertThat(unbounded.scores()).noneMatch(score -> score.metric().startsWith("membership signal"));
        assertThat(Files.readString(store.fetch(unbounded.artifact()).resolve("report.html")))
                .contains("the membership signal was not measured");
    }

    @Test
    void anAttemptAfterAKillAsksOnlyWhatIsMissing() throws IOException {
        evaluate(checks(0.0, 0.65), rows("train", 50));
        int once = asked.size();
        evaluate(checks(0.02, 0.7), rows("train", 50)); // another bound, the same questions
        assertThat(asked).hasSize(once);
    }

    private static ExamChecksSpec checks(@Nullable Double overlap, @Nullable Double membership) {
        return new ExamChecksSpec(new ContaminationSpec(overlap, membership, null));
    }

    private final class Models implements Subjects {
        @Override
        public boolean measuresLosses(Candidate candidate) {
            return losses;
        }

        @Override
        public Subject open(Candidate candidate) {
            boolean tuned = candidate.adapter() != null;
            return new Subject() {
                @Override
                public List<Prediction> predict(List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter) {
                    rows.forEach(row -> asked.add(candidate.name() + " " + row.place()));
                    return rows.stream()
                            .map(row -> new Prediction(tuned ? answers.apply(row) : "no", tuned ? 1 : 2, 4))
                            .toList();
                }

                @Override
                public List<Prediction> leastLikely(List<Row> rows, double share, OptionalInt cutAfter) {
                    rows.forEach(row -> asked.add(candidate.name() + " knows " + row.place()));
                    return rows.stream()
                            .map(row -> new Prediction(
                                    null,
                                    tuned
                                            ? -familiar.apply(row)
                                            : 1 + row.place().line() % 10 / 10.0,
                                    1))
                            .toList();
                }

                @Override
                public void close() {}
            };
        }
    }

    private static JsonNode results(Path out) throws IOException {
        return SpecJson.mapper().readTree(out.resolve("results.json").toFile());
    }

    private static Score score(EvaluationReport report, String metric) {
        return report.scores().stream()
                .filter(score -> score.metric().equals(metric))
                .findFirst()
                .orElseThrow(() -> new AssertionError(report.scores().toString()));
    }

    private EvaluationReport evaluate(ExamChecksSpec checks, String training) throws IOException {
        return evaluate(checks, training, rows("ticket", 60));
    }

    private EvaluationReport evaluate(ExamChecksSpec checks, String training, String test) throws IOException {
        EvaluateSpec spec = new EvaluateSpec(
                List.of(new MetricSpec("exactMatch", null, null)),
                List.of(),
                null,
                null,
                new ForgettingSpec("general.jsonl", 0.05),
                0,
                32,
                4,
                List.of(),
                List.of(),
                checks,
                EvaluateSpec.DEFAULT_POLICY);
        ArtifactRef dataset = put(
                "dataset",
                Map.of(
                        "train.jsonl",
                        training,
                        "validation.jsonl",
                        rows("valid", 60),
                        "test.jsonl",
                        test,
                        "card.json",
                        "{\"testRows\":60}"));
        return activities.evaluate(new EvaluateRequest(
                new RunRef("tickets", "run-1", folder.toString(), "5".repeat(64)),
                spec,
                SetupSpec.DEFAULT,
                new DatasetRef(dataset, 1, 1, 60, 1, 1, 0, 0, 0, ORIGIN),
                new ModelRef(put("model", Map.of("config.json", "{}")), "LlamaForCausalLM", 1, 1, "mit", 1, 1, ORIGIN),
                new CheckpointRef(
                        put("adapter", Map.of("adapter_config.json", "{\"base_model_name_or_path\":\"models/tiny\"}")),
                        true,
                        put("ledger", Map.of("ledger.jsonl", "{\"step\":0,\"loss\":2.5,\"learningRate\":0.001}\n")),
                        1,
                        2.5,
                        null,
                        "all steps",
                        ORIGIN)));
    }

    private ArtifactRef put(String name, Map<String, String> files) throws IOException {
        Fence fence = new Fence("test/" + name, 1);
        store.open(fence);
        Path scratch = store.scratch(fence);
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(scratch.resolve(file.getKey()), file.getValue());
        }
        return store.put(scratch, fence);
    }

    private static String rows(String kind, int count) {
        StringBuilder lines = new StringBuilder();
        for (int row = 1; row <= count; row++) {
            lines.append(SpecJson.mapper()
                            .createObjectNode()
                            .put("prompt", "the %s with number %d".formatted(kind, row))
                            .put("completion", "queue " + row % 5)
                            .put("source", kind + ".jsonl:" + row))
                    .append('\n');
        }
        return lines.toString();
    }
}
