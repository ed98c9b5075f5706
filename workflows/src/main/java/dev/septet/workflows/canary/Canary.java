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
import org.jspecify.annotations.Nullable;

/**
 * The hold of a trial: sleep, look, and end it at once when a look proves harm. At its end the new
 * model passes when enough requests reached it and it did no worse than allowed; with too few the
 * hold is prolonged once. Deterministic workflow code.
 */
public final class Canary {
    /** So many looks fit a hold, unless they would be rarer than {@link #LONGEST}. */
    private static final int LOOKS = 60;

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(5);

    /** Looks of both holds together stay far below what a history holds. */
    private static final int MOST = 500;

    private final HostBound<CanaryActivities> activities;
    private final CanaryTrial trial;
    private final Duration pause;
    private final long begun = Workflow.currentTimeMillis();
    private long end;
    private boolean prolonged;
    private int looks;
    private @Nullable CanaryReading last;
    private CanaryStatus.State state = CanaryStatus.State.HOLDING;

    /**
     * @param trial its {@code looks} are filled in here
     */
    public Canary(HostBound<CanaryActivities> activities, CanaryTrial trial) {
        Duration hold = trial.spec().hold();
        this.activities = activities;
        this.pause = pause(hold);
        this.end = begun + hold.toMillis();
        this.trial = new CanaryTrial(
                trial.run(),
                trial.spec(),
                trial.champion(),
                trial.challenger(),
                trial.cursor(),
                looks(hold),
                0,
                hold.toSeconds(),
                trial.metrics());
    }

    /** Time between two looks; whoever harms is let to for no longer. */
    static Duration pause(Duration hold) {
        Duration part = hold.dividedBy(LOOKS);
        Duration usual = part.compareTo(LONGEST) > 0 ? LONGEST : part;
        Duration fewest = hold.dividedBy(MOST);
        Duration longer = usual.compareTo(fewest) > 0 ? usual : fewest;
        return longer.compareTo(SHORTEST) > 0 ? longer : SHORTEST;
    }

    /** Looks of a hold and of its one prolongation. */
    static int looks(Duration hold) {
        long pause = pause(hold).toMillis();
        return 2 * Math.toIntExact((hold.toMillis() + pause - 1) / pause);
    }

    /**
     * Watches until the end.
     *
     * @throws ApplicationFailure CanaryFailed when the new model must not be promoted
     */
    public void hold() {
        show();
        try {
            while (!over()) {
                sleep();
                look();
            }
        } catch (RuntimeException failure) {
            state = CanaryStatus.State.FAILED;
            show();
            throw failure;
        }
        state = CanaryStatus.State.PASSED;
        show();
    }

    /** How it stands. */
    public CanaryStatus status() {
        return new CanaryStatus(state, trial.challenger(), trial.spec().share(), end, prolonged, looks, last);
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

    private void look() {
        long now = Workflow.currentTimeMillis();
        CanaryTrial present = trial.at((now - begun) / 1000, (end - begun) / 1000);
        CanaryReading seen = activities.ask(log -> log.check(present));
        last = seen;
        looks++;
        show();
        tell(now);
        if (seen.breached()) {
            throw failed("was rolled back", seen.reasons(CanaryFinding::proven));
        }
    }

    /** Whether the new model has passed. */
    private boolean over() {
        CanaryReading seen = last;
        if (seen == null || Workflow.currentTimeMillis() < end) {
            return false;
        }
        int needed = trial.spec().minRequests();
        if (seen.challenger() >= needed) {
            if (seen.worse()) {
                throw failed("is not promoted", seen.reasons(CanaryFinding::worse));
            }
            return true;
        }
        if (prolonged) {
            throw failed(
                    "is not promoted",
                    "%d requests reached it in twice the hold, %d are needed to judge it"
                            .formatted(seen.challenger(), needed));
        }
        prolonged = true;
        end = Workflow.currentTimeMillis() + trial.spec().hold().toMillis();
        return false;
    }

    private ApplicationFailure failed(String what, String why) {
        return FailureType.CANARY_FAILED.of("the new model %s after %d looks at %s of the requests: %s"
                .formatted(what, looks, CanaryDetails.percent(trial.spec().share()), why));
    }

    /** The run's page shows it beside the other stages. */
    private void tell(long now) {
        Workflow.getInfo().getParentWorkflowId().ifPresent(id -> {
            Progress progress = Progress.of(
                    "canary at " + CanaryDetails.percent(trial.spec().share()),
                    (now - begun) / 1000,
                    (end - begun) / 1000,
                    "seconds");
            try {
                Workflow.newExternalWorkflowStub(PipelineWorkflow.class, id)
                        .progress(new StageProgress(
                                Stage.DEPLOY.word(), progress, trial.run().ticket()));
            } catch (ApplicationFailure gone) {
                // nobody looks at that page any more
            }
        });
    }

    private void show() {
        Workflow.setCurrentDetails(CanaryDetails.markdown(status()));
    }
}
