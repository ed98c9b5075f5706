package dev.septet.workers.cli.compare;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.EvaluateActivitiesImpl;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subject;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import dev.septet.dsl.pipeline.evaluate.ScoreSpec;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.evaluate.EvaluateActivities;
import dev.septet.workflows.evaluate.EvaluateRequest;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Real evaluations of models that answer by rule: every n-th row is wrong. */
final class EvaluatedRuns {
    private static final Origin ORIGIN = new Origin("0".repeat(64), null, "made for a test");

    /**
     * How a run is evaluated.
     *
     * @param wrong every n-th row is wrong
     * @param rows number of test rows
     * @param first number of the first test row
     */
    record Exam(int wrong, int rows, int first, int maxNewTokens, String pattern) {
        static Exam wrongEvery(int rows) {
            return new Exam(rows, 200, 1, 32, "queue [0-4]");
        }
    }

    private final Path folder;
    private final LocalStore store;

    EvaluatedRuns(Path folder, LocalStore store) {
        this.folder = folder;
        this.store = store;
    }

    /** Evaluates a run; returns the folder of its evaluation. */
    Path evaluate(String pipeline, String run, Exam exam) throws IOException {
        Files.writeString(folder.resolve("general.jsonl"), rows(1, 40, false));
        Files.writeString(folder.resolve("gold.jsonl"), rows(1, 100, false));
        Files.writeString(folder.resolve("harm.jsonl"), "{\"prompt\":\"harm me\",\"harmful\":true}\n".repeat(20));
        PipelineFiles files = new PipelineFiles(new ActivitySettings(folder, List.of(), List.of()));
        TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
        try {
            environment.registerActivitiesImplementations(
                    new EvaluateActivitiesImpl(store, files, EvaluatedRuns::subject));
            EvaluationReport report =
                    environment.newActivityStub(EvaluateActivities.class).evaluate(request(pipeline, run, exam));
            return store.fetch(report.artifact());
        } finally {
            environment.close();
        }
    }

    private EvaluateRequest request(String pipeline, String run, Exam exam) throws IOException {
        EvaluateSpec spec = new EvaluateSpec(
                List.of(
                        new MetricSpec("exactMatch", 0.5, null),
                        new MetricSpec("loss", null, null),
                        new MetricSpec("regex", null, null, null, MetricArguments.pattern(exam.pattern()))),
                List.of(new ScoreSpec(
                        "short", 0.1, null, new ExpressionSpec("row.answer.length() < 10", "p.groovy", 3, 1))),
                new CompareSpec(0),
                null,
                new ForgettingSpec("general.jsonl", 0.05),
                0,
                exam.maxNewTokens(),
                4,
                List.of(),
                List.of(new TestSetSpec(
                        "gold",
                        "gold.jsonl",
                        DatasetFormat.AUTO,
                        null,
                        List.of(new MetricSpec("exactMatch", null, null)),
                        List.of(),
                        null,
                        null,
                        List.of(new SliceSpec("topic", null, null, null, null)),
                        null)),
                List.of(),
                null,
                new SafetySpec(
                        null,
                        "harm.jsonl",
                        List.of(new SafetySpec.Rule("queues", "queue 3", null, null)),
                        List.of(),
                        null,
                        null,
                        null,
                        null),
                EvaluateSpec.DEFAULT_POLICY);
        ArtifactRef dataset =
                put(run + "dataset", Map.of("test.jsonl", rows(exam.first(), exam.rows(), true), "card.json", "{}"));
        return new EvaluateRequest(
                new RunRef(pipeline, run, folder.toString(), "5".repeat(63) + exam.wrong() % 10),
                spec,
                SetupSpec.DEFAULT,
                new DatasetRef(dataset, 1000, 1, exam.rows(), 50_000, 1, 0, 0, 0, ORIGIN),
                new ModelRef(
                        put(run + "model", Map.of("config.json", "{}", "chat_template.jinja", "{{ messages }}")),
                        "LlamaForCausalLM",
                        1,
                        1,
                        "mit",
                        1,
                        1,
                        ORIGIN),
                new CheckpointRef(
                        put(
                                run + "adapter",
                                Map.of(
                                        "adapter_config.json",
                                        "{\"base_model_name_or_path\":\"models/tiny\"}",
                                        "wrong",
                                        Integer.toString(exam.wrong()))),
                        true,
                        put(
                                run + "ledger",
                                Map.of("ledger.jsonl", "{\"step\":0,\"loss\":2.5,\"learningRate\":0.001}\n")),
                        1,
                        2.5,
                        null,
                        "all steps",
                        ORIGIN));
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

    private static String rows(int first, int count, boolean prepared) {
        return IntStream.range(first, first + count)
                .mapToObj(row -> {
                    var line = SpecJson.mapper()
                            .createObjectNode()
                            .put("prompt", "ticket " + row)
                            .put("completion", "queue " + row % 5);
                    return (prepared ? line.put("source", "tickets.jsonl:" + row) : line.put("topic", "t" + row % 2))
                            .toString();
                })
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static Subject subject(Candidate candidate) {
        Path adapter = candidate.adapter();
        int wrong;
        try {
            wrong = adapter == null ? 1 : Integer.parseInt(Files.readString(adapter.resolve("wrong")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Subject() {
            @Override
            public List<Prediction> predict(List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter) {
                List<Prediction> predictions = new ArrayList<>();
                for (Row row : rows) {
                    String reference = Prediction.reference(row);
                    boolean right = row.place().line() % wrong != 0;
                    double loss =
                            (right ? 0.2 : 1.5) + Math.sin((double) row.place().line()) / 10;
                    predictions.add(new Prediction(
                            answerTokens.isPresent() ? right ? reference : "I do not know" : null, loss * 8, 8));
                }
                return predictions;
            }

            @Override
            public void close() {
                // Holds nothing.
            }
        };
    }
}
