package dev.septet.workers.cli.run;

import dev.septet.workers.deployment.MissingWorkers;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** Follows a run until it ends. */
final class RunFollower {
    private static final long EVERY_MILLIS = 500;
    private static final long PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();

    private final RunHandle run;
    private final RunView view;
    private final Set<String> unpolled = new HashSet<>();
    private final Interruption interruption;
    private boolean unreachable;

    RunFollower(RunHandle run, RunView view, Interruption interruption) {
        this.run = run;
        this.view = view;
        this.interruption = interruption;
    }

    /** Shows the run until it has ended. */
    RunSnapshot follow() throws InterruptedException {
        long checked = System.nanoTime();
        while (true) {
            if (interruption.requested()) {
                new CountDownLatch(1).await(); // the JVM ends
            }
            try {
                RunSnapshot snapshot = run.snapshot();
                if (unreachable) {
                    view.note("the Temporal server answers again");
                    unreachable = false;
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

    /** Warns about queues that no worker polls, so that the user does not wait for nothing. */
    private void warnOfQueues(RunSnapshot snapshot) {
        for (MissingWorkers missing : UnpolledQueues.of(run, snapshot)) {
            if (unpolled.add(missing.queue())) {
                view.note(UnpolledQueues.sentence(run.workflowId(), missing));
            }
        }
    }

    private void outage(StatusRuntimeException e) {
        Status.Code code = e.getStatus().getCode();
        if (code != Status.Code.UNAVAILABLE && code != Status.Code.DEADLINE_EXCEEDED) {
            throw e;
        }
        if (!unreachable && !interruption.requested()) {
            view.note("the Temporal server does not answer at the moment; waiting for it");
            unreachable = true;
        }
    }
}
