package dev.septet.activities.attempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.workflows.Progress;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInterface;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestActivityEnvironment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeartbeatsTest {
    private static final int STEPS = 50;

    private final TestActivityEnvironment environment = TestActivityEnvironment.newInstance();

    /** Work of fifty quick steps. */
    @ActivityInterface
    public interface Steps {
        boolean take(boolean saving);
    }

    /** Its implementation. */
    public static final class StepsImpl implements Steps {
        @Override
        public boolean take(boolean saving) {
            try (Heartbeats heartbeats = new Heartbeats(Activity.getExecutionContext())) {
                for (int step = 0; step < STEPS; step++) {
                    Progress progress = Progress.of("stepping", step, STEPS, "steps");
                    if (saving) {
                        heartbeats.report(progress);
                    } else {
                        heartbeats.reportAndCheck(progress);
                    }
                }
                return heartbeats.stopped();
            }
        }
    }

    @BeforeEach
    void register() {
        environment.registerActivitiesImplementations(new StepsImpl());
    }

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    void sendsTheFirstAtOnceAndNotEveryStep() {
        List<Progress> sent = new ArrayList<>();
        environment.setActivityHeartbeatListener(Progress.class, sent::add);
        assertThat(steps().take(false)).isFalse();
        assertThat(sent).hasSizeLessThan(STEPS / 2);
        assertThat(sent.get(0)).isEqualTo(Progress.of("stepping", 0, STEPS, "steps"));
    }

    @Test
    void endsCancelledWorkUnlessItHasSomethingToSave() {
        environment.requestCancelActivity();
        assertThatThrownBy(() -> steps().take(false)).isInstanceOf(CanceledFailure.class);
        environment.requestCancelActivity();
        assertThat(steps().take(true)).isTrue();
    }

    @Test
    void slowStepsAreGivenMoreTimeBeforeTheWorkCountsAsHung() {
        long minute = Duration.ofMinutes(1).toNanos();
        assertThat(Heartbeats.patience(0)).isEqualTo(30 * minute);
        assertThat(Heartbeats.patience(2 * minute)).isEqualTo(30 * minute);
        assertThat(Heartbeats.patience(25 * minute)).isEqualTo(250 * minute);
    }

    private Steps steps() {
        return environment.newActivityStub(Steps.class);
    }
}
