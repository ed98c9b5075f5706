package dev.septet.activities.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.evaluate.gate.SliceTable;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.EngineSubjects;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.RowNamesSpec;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Named sets and slices with losses that the engine measures, on the tiny model of the format tests. */
class EngineExamTest {
    private static final Path BASE = TinyPipeline.baseModel();

    @TempDir
    Path folder;

    /** The tiny model's losses of two kinds of answers differ, so with no gap allowed one of them is worse than all. */
    @Test
    void aWorseSliceOfTheEnginesLossesIsNoGo() throws IOException {
        EvaluationFindings strict = run(0.0);
        assertThat(strict.scores())
                .extracting(Score::metric)
                .containsExactly("loss", "loss on gold", "loss on gold by kind");
        assertThat(strict.verdict()).isEqualTo(Verdict.NO_GO);
        SliceTable table = strict.sets().get(1).slices().get(0);
        assertThat(table.slices()).extracting(SliceTable.Slice::name).containsExactly("long", "short");
        assertThat(table.slices())
                .extracting(SliceTable.Slice::verdict)
                .containsExactlyInAnyOrder(Verdict.GO, Verdict.NO_GO);
        assertThat(strict.scores().get(2).verdict()).isEqualTo(Verdict.NO_GO);

        EvaluationFindings lenient = run(1.0);
        assertThat(lenient.verdict()).isEqualTo(Verdict.GO);
        assertThat(lenient.sets().get(1).after()).isEqualTo(strict.sets().get(1).after());
    }

    private EvaluationFindings run(double maxGap) throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int row = 0; row < 24; row++) {
            rows.append(String.format(
                    Locale.ROOT,
                    "{\"question\":\"say %d\",\"reply\":\"%s\",\"kind\":\"%s\"}\n",
                    row,
                    row % 2 == 0 ? " one" : " two three " + row,
                    row % 2 == 0 ? "short" : "long"));
        }
        Path file = Files.writeString(folder.resolve("gold.jsonl"), rows);
        TestSetSpec gold = new TestSetSpec(
                "gold",
                "gold.jsonl",
                DatasetFormat.AUTO,
                new RowNamesSpec(Map.of("prompt", "question", "completion", "reply"), Map.of()),
                List.of(),
                List.of(),
                null,
                null,
                List.of(new SliceSpec("kind", maxGap, null, null, null)),
                null);
        EvaluateSpec spec = new EvaluateSpec(
                List.of(new MetricSpec("loss", null, null)),
                List.of(),
                null,
                null,
                null,
                0,
                8,
                0,
                List.of(),
                List.of(gold),
                List.of(),
                null,
                null,
                EvaluateSpec.DEFAULT_POLICY);
        TestSet set = new TestSetFile(gold, file, "1".repeat(64)).read(spec, 42);
        Candidate model = new Candidate("model", BASE, "0".repeat(64), null, null, Precision.FLOAT32);
        LocalStore store = new LocalStore(folder.resolve("store"));
        Fence fence = new Fence("run/evaluate", attempt++);
        store.open(fence);
        @Nullable EvaluationRows none = null;
        return new Evaluation(spec, 42, model, model, set.rows(), none, null, List.of(set))
                .run(new Predictions(store, fence, new EngineSubjects()), (doing, done, total) -> {});
    }

    private int attempt = 1;
}
