package dev.septet.workflows;

import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.workflows.catalog.QueueActivities;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;

/**
 * Reports a stage that waits for a worker when none polls its task queue. It checks only while the stage sends no
 * progress, and at growing intervals, so that a long training does not fill the history.
 */
final class PollerCheck {
    private static final Duration FIRST = Duration.ofSeconds(20);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final StagePolicy POLICY = StagePolicy.within(Duration.ofSeconds(30));

    private final StageBoard board;
    private final String queue;
    private final WaitReason missing;
    private final QueueActivities activities;
    private CancellationScope timer = Workflow.newCancellationScope(() -> {});
    private boolean closed;

    private PollerCheck(StageBoard board, Stage stage, String queue) {
        this.board = board;
        this.queue = queue;
        String command = "septet worker --role training";
        this.missing = new WaitReason(
                stage,
                "no worker polls the task queue `%s`; start one".formatted(queue),
                List.of(queue.equals(TaskQueues.TRAINING) ? command : command + " --queue " + queue));
        this.activities = StageStubs.activities(
                QueueActivities.class, POLICY, TaskQueues.LIGHT, "is there a worker for " + queue);
    }

    /** Starts a check that repeats until it is closed. */
    static PollerCheck during(StageBoard board, Stage stage, String queue) {
        PollerCheck pollerCheck = new PollerCheck(board, stage, queue);
        pollerCheck.checkIn(FIRST);
        return pollerCheck;
    }

    /** Ends the check; a request in progress then reports nothing. */
    void close() {
        closed = true;
        timer.cancel();
    }

    private void checkIn(Duration pause) {
        Duration longer = pause.multipliedBy(2);
        Duration next = longer.compareTo(LONGEST) > 0 ? LONGEST : longer;
        timer = Workflow.newCancellationScope(
                () -> Workflow.newTimer(pause).handle((fired, cancelled) -> cancelled == null && check(next)));
        timer.run();
    }

    private boolean check(Duration next) {
        if (board.takeProgressed()) {
            checkIn(next);
        } else {
            Async.function(activities::pollers, queue).handle((pollers, unknown) -> {
                if (!closed) {
                    if (pollers != null) {
                        show(pollers);
                    }
                    checkIn(next);
                }
                return true;
            });
        }
        return true;
    }

    private void show(int pollers) {
        WaitReason now = board.waiting();
        if (now != null && !now.equals(missing)) {
            return; // it waits for people, which is already shown
        }
        if ((pollers == 0) != missing.equals(now)) {
            board.waits(pollers == 0 ? missing : null);
        }
    }
}
