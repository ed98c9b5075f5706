package dev.septet.workers.cli;

import dev.septet.workflows.TaskQueues;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** Watches a run until it ends. */
final class RunFollower {
    private static final long EVERY_MILLIS = 500;
    private static final long PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();

    private final RunHandle run;
    private final RunView view;
    private final Set<String> unpolled = new HashSet<>();
    private final Interruption interruption;
    private boolean away;

    RunFollower(RunHandle run, RunView view, Interruption interruption) {
        this.run = run;
        this.view = view;
        this.interruption = interruption;
    }

    /** Shows the run until it has ended. */
    RunSnapshot follow() throws InterruptedException {
        long checked = System.nanoTime();
        while (true) {
            if (interruption.begun()) {
                new CountDownLatch(1).await(); // the JVM ends
            }
            try {
                RunSnapshot snapshot = run.snapshot();
                if (away) {
                    view.note("the Temporal server answers again");
                    away = false;
                }
                view.show(snapshot);
                if (!snapshot.running()) {
                    return snapshot;
                }
                if (System.nanoTime() - checked >= PATIENCE_NANOS) {
                    checked = System.nanoTime();
                    warnOfQueues(snapshot);
                }
            } catch (StatusRuntimeException e) {
                outage(e);
            }
            Thread.sleep(EVERY_MILLIS);
        }
    }

    /** A queue without a worker is said, not waited for in silence. */
    private void warnOfQueues(RunSnapshot snapshot) {
        if (snapshot.stages() == null) {
            warn(TaskQueues.LIGHT);
        }
        snapshot.activities().stream()
                .filter(LiveActivity::waiting)
                .map(activity -> run.queue(activity.workflowId()))
                .flatMap(Optional::stream)
                .forEach(this::warn);
    }

    private void warn(String queue) {
        if (!unpolled.contains(queue) && !Pollers.any(run.connection(), queue)) {
            unpolled.add(queue);
            view.note(
                    "no worker polls the task queue `%s` of %s; the run waits for one. Start one with `septet worker`."
                            .formatted(queue, run.connection().server().address()));
        }
    }

    private void outage(StatusRuntimeException e) {
        Status.Code code = e.getStatus().getCode();
        if (code != Status.Code.UNAVAILABLE && code != Status.Code.DEADLINE_EXCEEDED) {
            throw e;
        }
        if (!away && !interruption.begun()) {
            view.note("the Temporal server does not answer at the moment; waiting for it");
            away = true;
        }
    }
}
