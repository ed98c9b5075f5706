package dev.septet.workflows.quota;

import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.WaitReason;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The wait of a run whose team used up a quota. It waits with a timer, so that it holds no worker and survives everything.
 * The operator may raise the quota meanwhile, so it asks again at growing intervals.
 */
public final class QuotaWait {
    private static final Duration FIRST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    /** A check sends a heartbeat before each record. A busy team has some ten thousand records in a month. */
    private static final Duration READING = Duration.ofMinutes(30);

    private static final Duration HEARTBEAT = Duration.ofMinutes(1);

    private final RunRef run;
    private final boolean fails;
    private final Consumer<@Nullable WaitReason> show;
    private final QuotaActivities activities;

    /**
     * @param fails whether the run fails instead of waiting
     * @param show shows what the run waits for; null = it does not wait any more
     */
    public QuotaWait(RunRef run, boolean fails, Consumer<@Nullable WaitReason> show) {
        this.run = run;
        this.fails = fails;
        this.show = show;
        StagePolicy endless = new StagePolicy(READING, HEARTBEAT, 0, Duration.ofSeconds(1), StagePolicy.DEFAULT_FACTOR);
        activities =
                StageStubs.activities(QuotaActivities.class, endless, TaskQueues.LIGHT, "quota of team " + run.team());
    }

    /**
     * Returns when the stage may begin. A run also waits, with the reason, while the quotas or the use are not known.
     *
     * @throws io.temporal.failure.ApplicationFailure QUOTA_USED_UP when the run does not wait
     */
    public void before(Stage stage) {
        boolean waited = false;
        for (Duration pause = FIRST; ; pause = longer(pause)) {
            long now = Workflow.currentTimeMillis();
            QuotaAnswer answer = activities.check(new QuotaRequest(run, stage.word(), now));
            String usedUp = answer.usedUp();
            if (usedUp == null) {
                if (waited) {
                    show.accept(null);
                }
                return;
            }
            if (fails && !answer.unknown()) {
                throw FailureType.QUOTA_USED_UP.of(usedUp);
            }
            waited = true;
            show.accept(new WaitReason(stage, usedUp, List.of("septet quota " + run.team())));
            Duration rest = Duration.ofMillis(Math.max(1, answer.until() - now));
            Workflow.newTimer(
                            rest.compareTo(pause) < 0 ? rest : pause,
                            TimerOptions.newBuilder()
                                    .setSummary("quota of team " + run.team())
                                    .build())
                    .get();
        }
    }

    private static Duration longer(Duration pause) {
        Duration longer = pause.multipliedBy(2);
        return longer.compareTo(LONGEST) > 0 ? LONGEST : longer;
    }
}
