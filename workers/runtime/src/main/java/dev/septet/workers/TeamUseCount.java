package dev.septet.workers;

import dev.septet.activities.attempt.Failures;
import dev.septet.activities.quota.TeamUse;
import dev.septet.activities.quota.UsageRecords;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.monitor.MonitorRequest;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what the activities of runs use: the time on a slot of the training queue, requests to services, and jobs at services. An
 * attempt of a run with a team does not begin when its use cannot be recorded, because a quota may depend on it.
 */
final class TeamUseCount extends WorkerInterceptorBase {
    private static final Logger LOG = LoggerFactory.getLogger(TeamUseCount.class);

    private final String slots;
    private final Supplier<UsageRecords> records;
    private final LongSupplier clock;
    private final Duration pause;
    private @Nullable ScheduledExecutorService often;
    private @Nullable UsageRecords opened;

    /**
     * @param slots the task queue whose activities have a slot each
     * @param records opens the records when they are needed first
     * @param clock milliseconds since 1970
     */
    TeamUseCount(String slots, Supplier<UsageRecords> records, LongSupplier clock) {
        this(slots, records, clock, TeamUse.AHEAD.dividedBy(2));
    }

    /** With the time between two records of a slot. */
    TeamUseCount(String slots, Supplier<UsageRecords> records, LongSupplier clock, Duration pause) {
        this.slots = slots;
        this.records = records;
        this.clock = clock;
        this.pause = pause;
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new Counted(next);
    }

    private final class Counted extends ActivityInboundCallsInterceptorBase {
        private @Nullable ActivityInfo info;

        Counted(ActivityInboundCallsInterceptor next) {
            super(next);
        }

        @Override
        public void init(ActivityExecutionContext context) {
            info = context.getInfo();
            super.init(context);
        }

        @Override
        @SuppressWarnings("try") // the scope ends with the block
        public ActivityOutput execute(ActivityInput input) {
            RunRef run = run(input.getArguments());
            if (run == null) {
                return super.execute(input);
            }
            ActivityInfo known = Objects.requireNonNull(info);
            String attempt = known.getWorkflowRunId() + " " + known.getActivityId() + " " + known.getAttempt();
            TeamUse use = new TeamUse(TeamUseCount.this::records, run, known.getActivityType(), attempt, clock);
            if (Stream.of(input.getArguments()).anyMatch(MonitorRequest.class::isInstance)) {
                use.afterRun(); // thousands of checks of a monitor leave nothing behind
            }
            try (TeamUse.Scope scope = use.open()) {
                return slots.equals(known.getActivityTaskQueue()) ? onSlot(use, input) : super.execute(input);
            }
        }

        private ActivityOutput onSlot(TeamUse use, ActivityInput input) {
            try {
                use.begin();
            } catch (IOException | RuntimeException problem) {
                throw Failures.of(problem);
            }
            ScheduledFuture<?> going = often().scheduleWithFixedDelay(
                            () -> goOn(use), pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
            try {
                return super.execute(input);
            } finally {
                going.cancel(false);
                end(use);
            }
        }
    }

    private synchronized UsageRecords records() {
        UsageRecords known = opened;
        if (known == null) {
            known = records.get();
            opened = known;
        }
        return known;
    }

    private synchronized ScheduledExecutorService often() {
        ScheduledExecutorService known = often;
        if (known == null) {
            known = Executors.newSingleThreadScheduledExecutor(work -> {
                Thread thread = new Thread(work, "septet-team-use");
                thread.setDaemon(true);
                return thread;
            });
            often = known;
        }
        return known;
    }

    /** An attempt that has begun continues: the next record makes up for one that could not be written. */
    private static void goOn(TeamUse use) {
        try {
            use.goOn();
        } catch (IOException | RuntimeException later) {
            LOG.warn("the use of a slot is not recorded now: {}", later.getMessage());
        }
    }

    private static void end(TeamUse use) {
        try {
            use.end();
        } catch (IOException | RuntimeException lost) {
            LOG.warn("the end of the use of a slot is not recorded: {}", lost.getMessage());
        }
    }

    static @Nullable RunRef run(@Nullable Object[] arguments) {
        for (Object argument : arguments) {
            if (argument instanceof RunScoped scoped) {
                return scoped.run();
            }
        }
        return null;
    }
}
