package dev.septet.activities.evaluate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SliceTableTest {
    private final List<String> names = new ArrayList<>();
    private final List<Outcome> tuned = new ArrayList<>();

    @Test
    void theScoresOfSlicesAddUpToTheWhole() {
        rows("a", 40, 36);
        rows("b", 20, 10);
        SliceTable table = table("exactMatch", new SliceSpec("topic", 0.1, null, null, null));
        assertThat(table.score()).isEqualTo(46.0 / 60);
        assertThat(table.rows()).isEqualTo(60);
        SliceTable.Slice a = table.slices().get(0);
        SliceTable.Slice b = table.slices().get(1);
        assertThat(a.after()).isEqualTo(0.9);
        assertThat(b.after()).isEqualTo(0.5);
        assertThat((a.after() * a.rows() + b.after() * b.rows()) / 60).isEqualTo(table.score());
        assertThat(b.gap()).isEqualTo(46.0 / 60 - 0.5);
        assertThat(a.gap()).isNegative();
        // The normal approximation of the difference of a slice and a whole that contains it.
        double deviation = 2.0 / 3 * Math.sqrt(0.5 * 0.5 / 20 + 0.9 * 0.1 / 40);
        assertThat(b.gapInterval().high() - b.gap()).isBetween(1.96 * deviation * 0.85, 1.96 * deviation * 1.15);
        assertThat(a.verdict()).isEqualTo(Verdict.GO);
        assertThat(b.verdict()).isEqualTo(Verdict.NO_GO);
        Score score = table.judge("").orElseThrow();
        assertThat(score.metric()).isEqualTo("exactMatch by topic");
        assertThat(score.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(score.rows()).isEqualTo(20);
        assertThat(score.why())
                .isEqualTo(
                        "exactMatch of the worst of 2 slices by 'topic' is 0.5, and of all rows 0.7667 (34.8 % worse),"
                                + " over the gap of 10.0 %.");
    }

    @Test
    void aSliceThatChanceCouldExplainIsInconclusiveAndSaysHowManyRowsWouldDo() {
        rows("a", 200, 180);
        rows("b", 40, 35);
        Score score = table("exactMatch", new SliceSpec("topic", 0.1, null, null, null))
                .judge("gold")
                .orElseThrow();
        assertThat(score.metric()).isEqualTo("exactMatch on gold by topic");
        assertThat(score.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(score.why()).containsPattern(": about [0-9,]+ more rows of this slice would decide\\.$");
    }

    @Test
    void equalSlicesPass() {
        rows("a", 200, 180);
        rows("b", 200, 181);
        assertThat(table("exactMatch", new SliceSpec("topic", 0.1, null, null, null))
                        .judge("")
                        .map(Score::verdict))
                .contains(Verdict.GO);
    }

    /** Few rows are never a silent GO, and one wrong answer of three is no proof either. */
    @Test
    void aSmallSliceDecidesNothingUnlessItIsLeftOut() {
        rows("a", 100, 90);
        rows("rare", 3, 3);
        SliceSpec all = new SliceSpec("topic", 0.5, null, null, null);
        Score score = table("exactMatch", all).judge("").orElseThrow();
        assertThat(score.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(score.why())
                .isEqualTo("1 of 2 slices by 'topic' has too few rows: at least 8 are needed to decide; add rows, or"
                        + " set minRows: to leave them out.");
        SliceSpec larger = new SliceSpec("topic", 0.5, null, null, 20);
        SliceTable table = table("exactMatch", larger);
        assertThat(table.slices()).extracting(SliceTable.Slice::verdict).containsExactly(Verdict.GO, null);
        assertThat(table.judge("").orElseThrow().verdict()).isEqualTo(Verdict.GO);
        assertThat(table.judge("").orElseThrow().why()).endsWith("; 1 smaller slice has no bound.");
        SliceSpec none = new SliceSpec("topic", 0.5, null, null, 500);
        Score nothing = table("exactMatch", none).judge("").orElseThrow();
        assertThat(nothing.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(nothing.why()).contains("Each of the 2 slices by 'topic' has fewer rows than minRows:");
    }

    @Test
    void aMissingNumberIsANo() {
        rows("a", 20, 20);
        names.add("b");
        tuned.add(new Outcome("yes", null, 1, 1)); // no answer
        Score score = table("exactMatch", new SliceSpec("topic", 0.5, null, null, null))
                .judge("")
                .orElseThrow();
        assertThat(score.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(score.why()).contains("missing (not a number)");
    }

    @Test
    void aLargerLossIsTheWorseSlice() {
        losses("a", 50, 1);
        losses("b", 50, 2);
        SliceTable table = table("loss", new SliceSpec("topic", 0.2, "loss", null, null));
        assertThat(table.score()).isEqualTo(1.5);
        assertThat(table.slices()).extracting(SliceTable.Slice::gap).containsExactly(-0.5, 0.5);
        assertThat(table.judge("").map(Score::verdict)).contains(Verdict.NO_GO);
    }

    @Test
    void slicesWithoutABoundAreOnlyReported() {
        rows("a", 20, 20);
        rows("b", 2, 0);
        assertThat(table("exactMatch", new SliceSpec("topic", null, null, null, null))
                        .judge(""))
                .isEmpty();
        assertThat(table("exactMatch", new SliceSpec("topic", 0.1, "rougeL", null, null))
                        .judge(""))
                .isEqualTo(Optional.empty());
    }

    private void rows(String slice, int count, int right) {
        for (int row = 0; row < count; row++) {
            names.add(slice);
            tuned.add(outcome(row < right ? "yes" : "no"));
        }
    }

    private void losses(String slice, int count, double loss) {
        for (int row = 0; row < count; row++) {
            names.add(slice);
            tuned.add(new Outcome("yes", null, loss, 1));
        }
    }

    private static Outcome outcome(@Nullable String answer) {
        return new Outcome("yes", answer, 1, 1);
    }

    private SliceTable table(String metric, SliceSpec spec) {
        return SliceTable.of(Metrics.named(metric), spec, names, null, tuned, new Bootstrap(42));
    }
}
