package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.train.BudgetSpec;
import dev.septet.workflows.retrain.RetrainHistory;
import dev.septet.workflows.retrain.Start;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StartsTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final BudgetSpec TWICE_A_WEEK = new BudgetSpec(2, Duration.ofDays(7));

    @Test
    void mayStartAtOnceAndThenWaitsForTheCooldown() {
        assertThat(RetrainHistory.NONE.objection(0, DAY, TWICE_A_WEEK)).isEmpty();
        RetrainHistory one = RetrainHistory.NONE.plus(new Start("a", 0));
        assertThat(one.objection(hours(23), DAY, null)).isEqualTo("the last run began 23 h ago, the cool-down is 1 d");
        assertThat(one.objection(hours(24), DAY, null)).isEmpty();
    }

    @Test
    void keepsToItsBudgetInAnyStretchOfThatLength() {
        RetrainHistory two = RetrainHistory.NONE.plus(new Start("a", 0)).plus(new Start("b", hours(48)));
        assertThat(two.objection(hours(100), DAY, TWICE_A_WEEK))
                .isEqualTo("2 runs began within 7 d, which is the budget");
        assertThat(two.objection(hours(7 * 24), DAY, TWICE_A_WEEK)).isEmpty();
    }

    @Test
    void countsARunOnceHoweverOftenItIsToldOfIt() {
        RetrainHistory told = RetrainHistory.NONE.plus(new Start("a", 5)).plus(new Start("a", 9));
        assertThat(told.all()).containsExactly(new Start("a", 5));
        assertThat(told.learning(7).learning(3).reviewed()).isEqualTo(7);
    }

    /** The server's clock was a year ahead, a run began, and the clock was set back. */
    @Test
    void doesNotWaitAYearForAStartThatAWrongClockRecorded() {
        RetrainHistory wrong =
                RetrainHistory.NONE.plus(new Start("a", hours(1))).plus(new Start("b", hours(365 * 24)));
        long now = hours(30);
        assertThat(wrong.objection(now, DAY, TWICE_A_WEEK)).isNotEmpty();
        assertThat(wrong.isAhead(now)).isTrue();
        assertThat(wrong.upTo(now).all()).containsExactly(new Start("a", hours(1)));
        assertThat(wrong.upTo(now).objection(now, DAY, TWICE_A_WEEK)).isEmpty();
        assertThat(wrong.upTo(now).isAhead(now)).isFalse();
        RetrainHistory skewed = RetrainHistory.NONE.plus(new Start("a", now + 60_000));
        assertThat(skewed.isAhead(now))
                .as("two machines of a server differ by a minute")
                .isFalse();
    }

    private static long hours(int hours) {
        return Duration.ofHours(hours).toMillis();
    }
}
