package dev.septet.activities.evaluate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code minGain:} of a comparison: not only not worse, but better. */
class RequiredGainTest {
    private static final int ROWS = 100;

    @Test
    void anEqualModelDoesNotReachTheSmallestGain() {
        assertThat(judge(50, 50, new CompareSpec(0)).verdict()).isEqualTo(Verdict.GO);
        Score equal = judge(50, 50, new CompareSpec(0, 0.0));
        assertThat(equal.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(equal.why()).isEqualTo("exactMatch stayed at 0.5, not better than the rival.");
        assertThat(equal.metric()).isEqualTo("exactMatch vs retrieval by words");
    }

    @Test
    void theWholeIntervalMustShowTheGain() {
        Score clear = judge(20, 90, new CompareSpec(0, 0.5));
        assertThat(clear.verdict()).isEqualTo(Verdict.GO);
        assertThat(clear.why()).isEqualTo("exactMatch rose from 0.2 to 0.9, more than 50.0 % better than the rival.");
        Score unclear = judge(50, 53, new CompareSpec(0, 0.05));
        assertThat(unclear.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(unclear.why())
                .startsWith(
                        "exactMatch rose from 0.5 to 0.53, more than 5.0 % better than the rival, but the change's 95"
                                + " % interval (")
                .contains(") is not all so: about ")
                .endsWith(" more rows would decide.");
        assertThat(judge(50, 52, new CompareSpec(0, 0.05)).verdict()).isEqualTo(Verdict.NO_GO);
    }

    /** A rival without answers is not beaten. */
    @Test
    void aRivalThatCannotBeMeasuredIsNeverBeaten() {
        Score missing = judge(-1, 90, new CompareSpec(1));
        assertThat(missing.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(missing.why())
                .isEqualTo("The rival's exactMatch is missing (not a number), and a missing number is a no.");
    }

    private static Score judge(int rival, int tuned, CompareSpec compare) {
        Measurement measured =
                Measurement.of(Metrics.named("exactMatch"), outcomes(rival), outcomes(tuned), new Bootstrap(42));
        return Gate.against(measured, "retrieval by words", "the rival", compare);
    }

    private static List<Outcome> outcomes(int right) {
        return IntStream.range(0, ROWS)
                .mapToObj(row -> {
                    @Nullable String answer = right < 0 ? null : row < right ? "a" : "b";
                    return new Outcome("a", answer, 1, 1);
                })
                .toList();
    }
}
