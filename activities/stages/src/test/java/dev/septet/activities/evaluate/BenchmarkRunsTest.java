package dev.septet.activities.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.benchmark.Benchmark;
import dev.septet.activities.evaluate.benchmark.BenchmarkRequest;
import dev.septet.activities.evaluate.benchmark.BenchmarkResponse;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.evaluate.subject.Subject;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.evaluate.BenchmarkSpec;
import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkRunsTest {
    private static final int ROWS = 80;
    private static final Fence FIRST = new Fence("run/evaluate", 1);
    private static final Fence SECOND = new Fence("run/evaluate", 2);

    @TempDir
    private Path folder;

    private LocalStore store;
    private int asked;
    private int strength = Integer.MAX_VALUE;

    @BeforeEach
    void open() throws IOException {
        store = new LocalStore(folder.resolve("store"));
        store.open(FIRST);
        StringBuilder rows = new StringBuilder();
        for (int row = 0; row < ROWS; row++) {
            rows.append(String.format(Locale.ROOT, "{\"q\": \"question %d\", \"label\": %d}\n", row, row % 2));
        }
        Files.writeString(folder.resolve("rows.jsonl"), rows);
        Files.writeString(folder.resolve("t.yaml"), """
            task: two_choices
            dataset_path: json
            dataset_kwargs: {data_files: {test: rows.jsonl}}
            output_type: multiple_choice
            test_split: test
            doc_to_text: q
            doc_to_choice: ["left", "right side"]
            doc_to_target: label
            """);
    }

    /** The tuned model knows three of four rows, the base model every second one. */
    private Subject subject(Candidate candidate) {
        boolean tuned = candidate.adapter() != null;
        return new Subject() {
            @Override
            public List<Prediction> predict(List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter) {
                throw new IllegalStateException("not asked");
            }

            @Override
            public List<BenchmarkResponse> respond(List<BenchmarkRequest> requests) {
                if (strength-- <= 0) {
                    throw new IllegalStateException("killed");
                }
                asked += requests.size();
                return requests.stream()
                        .map(request -> response(request, tuned))
                        .toList();
            }

            @Override
            public void close() {}
        };
    }

    private static BenchmarkResponse response(BenchmarkRequest request, boolean tuned) {
        BenchmarkRequest.Continuation pair = (BenchmarkRequest.Continuation) request;
        int row = Integer.parseInt(pair.context().replaceAll("\\D", ""));
        boolean right = pair.continuation().equals(row % 2 == 0 ? " left" : " right side");
        boolean knows = tuned ? row % 4 != 3 : row % 2 == 0;
        return BenchmarkResponse.of(right == knows ? -1 : -2, false);
    }

    private BenchmarkRuns runs(@Nullable Double above, @Nullable CompareSpec compare) throws IOException {
        BenchmarkSpec spec = new BenchmarkSpec("t.yaml", null, above, null, null, null);
        EvaluateSpec standard = EvaluateSpec.DEFAULT;
        EvaluateSpec evaluate = new EvaluateSpec(
                standard.metrics(),
                List.of(),
                compare,
                null,
                null,
                0,
                8,
                0,
                List.of(),
                List.of(),
                List.of(spec),
                null,
                null,
                standard.policy());
        Candidate base = Candidate.whole("base model", folder, ref('1'), Precision.FLOAT32);
        return new BenchmarkRuns(
                evaluate,
                7,
                base,
                base.with("tuned model", folder, ref('2')),
                List.of(Benchmark.read(spec, path -> folder.resolve(path).toRealPath())));
    }

    private static ArtifactRef ref(char digit) {
        return new ArtifactRef("store:" + digit, String.valueOf(digit).repeat(64), 1);
    }

    private BenchmarkRuns.Findings run(BenchmarkRuns runs, Fence fence) throws IOException {
        return runs.run(new Predictions(store, fence, this::subject), (doing, done, total) -> {})
                .get(0);
    }

    @Test
    void judgesTheBoundAndThePairedChange() throws IOException {
        BenchmarkRuns.Findings findings = run(runs(0.6, new CompareSpec(0)), FIRST);

        assertThat(findings.score().metric()).isEqualTo("two_choices acc");
        assertThat(findings.score().before()).isEqualTo(0.5);
        assertThat(findings.score().after()).isEqualTo(0.75);
        assertThat(findings.score().rows()).isEqualTo(ROWS);
        assertThat(findings.score().low()).isPositive();
        assertThat(findings.score().verdict()).isEqualTo(Verdict.GO);
        assertThat(run(runs(0.8, null), FIRST).score().verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(run(runs(0.7, null), FIRST).score().verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(run(runs(null, null), FIRST).score().verdict()).isEqualTo(Verdict.GO);
    }

    @Test
    void writesAllMetricsWithStandardErrors() throws IOException {
        JsonNode json = run(runs(null, null), FIRST).json();

        assertThat(json.path("metrics")).hasSize(2);
        assertThat(json.path("metrics").path(0).path("metric").textValue()).isEqualTo("acc");
        // sqrt(p (1 - p) / (n - 1))
        assertThat(json.path("metrics").path(0).path("afterStderr").doubleValue())
                .isEqualTo(Math.sqrt(0.75 * 0.25 / (ROWS - 1)), org.assertj.core.api.Assertions.within(1e-12));
        assertThat(json.path("tasks").path(0).path("rows").intValue()).isEqualTo(ROWS);
    }

    @Test
    void asksOnlyWhatAnEarlierAttemptDidNotStore() throws IOException {
        strength = 4; // three shards of the tuned model, one of the base model
        assertThatThrownBy(() -> run(runs(null, null), FIRST)).hasMessage("killed");
        strength = Integer.MAX_VALUE;
        store.open(SECOND);

        BenchmarkRuns.Findings findings = run(runs(null, null), SECOND);

        assertThat(asked).isEqualTo(2 * 2 * ROWS);
        assertThat(findings.score().after()).isEqualTo(0.75);
    }

    @Test
    void aModelWhoseNumbersAreNotFiniteIsRefused() throws IOException {
        BenchmarkRuns runs = runs(null, null);
        Predictions predictions = new Predictions(store, FIRST, candidate -> new Subject() {
            @Override
            public List<Prediction> predict(List<Row> rows, OptionalInt answerTokens, OptionalInt cutAfter) {
                return List.of();
            }

            @Override
            public List<BenchmarkResponse> respond(List<BenchmarkRequest> requests) {
                return requests.stream()
                        .map(request -> BenchmarkResponse.of(Double.NaN, false))
                        .toList();
            }

            @Override
            public void close() {}
        });

        assertThat(runs.run(predictions, (doing, done, total) -> {})
                        .get(0)
                        .score()
                        .verdict())
                .isEqualTo(Verdict.NO_GO);
    }
}
