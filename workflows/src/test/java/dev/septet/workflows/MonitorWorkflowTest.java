package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workflows.monitor.MonitorStatus;
import dev.septet.workflows.monitor.MonitorWorkflow;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class MonitorWorkflowTest {
    @Test
    void looksAsOftenAsTheFileSays() {
        try (Stack stack = new Stack(600)) {
            stack.run("hello");

            stack.server.sleep(Duration.ofDays(10).plusMinutes(1));

            assertThat(status(stack).windows()).isEqualTo(41);
            assertThat(status(stack).retraining()).isNull();
        }
    }

    @Test
    void carriesOnAsANewExecutionAndForgetsNothing() {
        try (Stack stack = new Stack(600)) {
            stack.run("hello");

            stack.server.sleep(Duration.ofDays(200).plusMinutes(1));

            assertThat(status(stack).windows()).isEqualTo(801);
            assertThat(stack.activities.calls.stream().filter("Observe@lab-gpu"::equals))
                    .hasSize(801);
        }
    }

    @Test
    void startsOneRetrainingPerCooldownAndWatchesTheNewModel() {
        try (Stack stack = new Stack(600)) {
            stack.activities.driftAtWindow = window -> window >= 4 && window < 12;
            stack.run("hello");

            stack.server.sleep(Duration.ofDays(2));
            assertThat(stack.activities.trained).hasSize(2);
            assertThat(status(stack).retraining()).startsWith("hello/retrain/");

            stack.server.sleep(Duration.ofDays(8));
            assertThat(stack.activities.trained)
                    .as("drift ended before the cool-down of three days did")
                    .hasSize(2);
            assertThat(status(stack).windows())
                    .as("the watch went on over the retraining")
                    .isGreaterThan(35);
        }
    }

    @Test
    void retrainsAgainWhenDriftOutlivesTheCooldown() {
        try (Stack stack = new Stack(600)) {
            stack.activities.driftAtWindow = window -> window >= 4;
            stack.run("hello");

            stack.server.sleep(Duration.ofDays(8));

            assertThat(stack.activities.trained).hasSize(4);
        }
    }

    private static MonitorStatus status(Stack stack) {
        return stack.server
                .getWorkflowClient()
                .newWorkflowStub(MonitorWorkflow.class, "hello/monitor")
                .status();
    }
}
