package dev.septet.workflows.canary;

import dev.septet.workflows.FailureType;
import dev.septet.workflows.PipelineWorkflow;
import dev.septet.workflows.Progress;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageProgress;
import dev.septet.workflows.host.HostBound;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Runs a canary trial: waits, checks, and ends the trial at once when a check proves harm. At the end the new model
 * passes if enough requests reached it and it was no worse than allowed. With too few requests the hold is extended
 * once. Deterministic workflow code.
 */
public final class Canary {
    /** The number of checks in a hold, unless they would be more than {@link #LONGEST} apart. */
    private static final int LOOKS = 60;

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(5);

    /** The largest number of checks in a hold; the checks of both holds stay far below the limit of a history. */
    private static final int MAX = 500;

    private final HostBound<CanaryActivities> activities;
    private final CanaryTrial trial;
    private final Duration pause;
    private final long start = Workflow.currentTimeMillis();
    private long end;
    private boolean prolonged;
    private int checks;
    private @Nullable CanaryReading last;
    private CanaryStatus.State state = CanaryStatus.State.HOLDING;

    /** @param trial its {@code looks} are set here */
    public Canary(HostBound<CanaryActivities> activities, CanaryTrial trial) {
        Duration hold = trial.spec().hold();
        this.activities = activities;
        this.pause = pause(hold);
        this.end = start + hold.toMillis();
        this.trial = new CanaryTrial(
                trial.run(),
                trial.spec(),
                trial.champion(),
                trial.challenger(),
                trial.cursor(),
                checks(hold),
                0,
                hold.toSeconds(),
                trial.metrics());
    }

    /** Time between two checks, which is the longest time that a harmful model stays undetected. */
    static Duration pause(Duration hold) {
        Duration part = hold.dividedBy(LOOKS);
        Duration usual = part.compareTo(LONGEST) > 0 ? LONGEST : part;
        Duration fewest = hold.dividedBy(MAX);
        Duration longer = usual.compareTo(fewest) > 0 ? usual : fewest;
        return longer.compareTo(SHORTEST) > 0 ? longer : SHORTEST;
    }

    /** The number of checks in a hold and its extension. */
    static int checks(Duration hold) {
        long pause = pause(hold).toMillis();
        return 2 * Math.toIntExact((hold.toMillis() + pause - 1) / pause);
    }

    /**
     * Runs the trial to its end.
     *
     * @throws ApplicationFailure CanaryFailed when the new model must not be promoted
     */
    public void hold() {
        show();
        try {
            while (!over()) {
                sleep();
                check();
            }
        } catch (RuntimeException failure) {
            state = CanaryStatus.State.FAILED;
            show();
            throw failure;
        }
        state = CanaryStatus.State.PASSED;
        show();
    }

    /** The state of the trial. */
    public CanaryStatus status() {
        return new CanaryStatus(state, trial.challenger(), trial.spec().share(), end, prolonged, checks, last);
    }

    private void sleep() {
        long left = Math.max(1, end - Workflow.currentTimeMillis());
        Workflow.newTimer(
                        Duration.ofMillis(Math.min(pause.toMillis(), left)),
                        TimerOptions.newBuilder()
                                .setSummary("canary at %s: next look"
                                        .formatted(CanaryDetails.percent(
                                                trial.spec().share())))
                                .build())
                .get();
    }

    private void check() {
        long now = Workflow.currentTimeMillis();
        CanaryTrial present = trial.at((now - start) / 1000, (end - start) / 1000);
        CanaryReading reading = activities.call(log -> log.check(present));
        last = reading;
        checks++;
        show();
        showOnRunPage(now);
        if (reading.breached()) {
            throw failed("was rolled back", reading.reasons(CanaryFinding::proven));
        }
    }

    /** Whether the new model has passed. */
    private boolean over() {
        CanaryReading reading = last;
        if (reading == null || Workflow.currentTimeMillis() < end) {
            return false;
        }
        int needed = trial.spec().minRequests();
        if (reading.challenger() >= needed) {
            if (reading.worse()) {
                throw failed("is not promoted", reading.reasons(CanaryFinding::worse));
            }
            return true;
        }
        if (prolonged) {
            throw failed(
                    "is not promoted",
                    String.format(
                            Locale.ROOT,
                            "%d requests reached it in twice the hold, %d are needed to judge it",
                            reading.challenger(),
                            needed));
        }
        prolonged = true;
        end = Workflow.currentTimeMillis() + trial.spec().hold().toMillis();
        return false;
    }

    private ApplicationFailure failed(String what, String reason) {
        return FailureType.CANARY_FAILED.of(String.format(
                Locale.ROOT,
                "the new model %s after %d looks at %s of the requests: %s",
                what,
                checks,
                CanaryDetails.percent(trial.spec().share()),
                reason));
    }

    /** Shows the trial on the run's page beside the other stages. */
    private void showOnRunPage(long now) {
        Workflow.getInfo().getParentWorkflowId().ifPresent(id -> {
            Progress progress = Progress.of(
                    "canary at " + CanaryDetails.percent(trial.spec().share()),
                    (now - start) / 1000,
                    (end - start) / 1000,
                    "seconds");
            try {
                Workflow.newExternalWorkflowStub(PipelineWorkflow.class, id)
                        .progress(new StageProgress(
                                Stage.DEPLOY.word(), progress, trial.run().ticket()));
            } catch (ApplicationFailure notFound) {
                // the run has ended, so its page needs no progress
            }
        });
    }

    private void show() {
        Workflow.setCurrentDetails(CanaryDetails.markdown(status()));
    }
}
