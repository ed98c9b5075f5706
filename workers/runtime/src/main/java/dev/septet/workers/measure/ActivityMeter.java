package dev.septet.workers.measure;

import dev.septet.workers.observe.Instruments;
import dev.septet.workers.observe.ProcessMetric;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.HasOrigin;
import dev.septet.workflows.monitor.DriftFinding;
import dev.septet.workflows.monitor.Observation;
import dev.septet.workflows.train.TrainOutcome;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.client.ActivityCompletionException;
import io.temporal.common.interceptors.ActivityExecutionContextBase;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Measures activities from outside: what they report in heartbeats, what they return, and how they fail. The stages and the
 * engine know nothing of metrics. {@link RunMeter} measures the ends of runs.
 */
public final class ActivityMeter extends WorkerInterceptorBase {
    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;
    static final String NO_PIPELINE = "none";
    private static final String TRAINING_UNIT = "steps";

    private static final Set<String> FAILURES =
            Arrays.stream(FailureType.values()).map(FailureType::type).collect(Collectors.toUnmodifiableSet());

    private final Instruments instruments;
    private final RunMeter runs;
    private final LongSupplier nanos;
    private final Set<Measured> running = ConcurrentHashMap.newKeySet();
    private final Set<Place> shown = new HashSet<>();

    /** The activities of one kind of one pipeline. */
    private record Place(String pipeline, String activity) {}

    /** Reports to these instruments. {@code costs} says what a run cost. */
    public ActivityMeter(Instruments instruments, RunMeter.Costs costs) {
        this(instruments, new RunMeter(instruments, costs), System::nanoTime);
    }

    /** With another clock, for tests. */
    ActivityMeter(Instruments instruments, RunMeter runs, LongSupplier nanos) {
        this.instruments = instruments;
        this.runs = runs;
        this.nanos = nanos;
    }

    @Override
    public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
        return runs.around(next);
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new Measured(next);
    }

    /**
     * Sets the gauges of running activities; called before each look at the metrics.
     *
     * @param slots number of slots for activities of each queue that this process polls. The SDK's own gauge of free slots
     *     counts a slot that a poller holds as taken
     */
    public synchronized void setGauges(Map<String, Integer> slots) {
        slots.forEach((queue, count) -> {
            long used = running.stream()
                    .filter(activity -> activity.queue().equals(queue))
                    .count();
            instruments.set(ProcessMetric.SLOTS_USED, (double) used, queue);
            instruments.set(ProcessMetric.SLOTS_FREE, (double) Math.max(0, count - used), queue);
        });
        Map<Place, Integer> counts = new HashMap<>();
        Map<Place, Double> ages = new HashMap<>();
        long now = nanos.getAsLong();
        for (Measured activity : running) {
            Place place = activity.place();
            counts.merge(place, 1, Integer::sum);
            ages.merge(place, (now - activity.lastProgress) / NANOS, Math::max);
        }
        counts.forEach((place, count) ->
                instruments.set(ProcessMetric.ACTIVITIES_RUNNING, count, place.pipeline(), place.activity()));
        ages.forEach(
                (place, age) -> instruments.set(ProcessMetric.PROGRESS_AGE, age, place.pipeline(), place.activity()));
        shown.removeAll(counts.keySet());
        for (Place ended : shown) {
            // A metrics scope cannot forget a gauge, so the gauge is 0 there.
            instruments.set(ProcessMetric.ACTIVITIES_RUNNING, 0, ended.pipeline(), ended.activity());
            instruments.remove(ProcessMetric.ACTIVITIES_RUNNING, ended.pipeline(), ended.activity());
            instruments.remove(ProcessMetric.PROGRESS_AGE, ended.pipeline(), ended.activity());
        }
        shown.clear();
        shown.addAll(counts.keySet());
    }

    /** One attempt of an activity. */
    private final class Measured extends ActivityInboundCallsInterceptorBase {
        private @Nullable ActivityInfo info;
        private volatile String pipeline = NO_PIPELINE;
        private volatile long lastProgress = nanos.getAsLong();
        private @Nullable String lastReport;
        private long stepsCounted = -1;

        Measured(ActivityInboundCallsInterceptor next) {
            super(next);
        }

        String queue() {
            return Objects.requireNonNull(info).getActivityTaskQueue();
        }

        Place place() {
            return new Place(pipeline, Objects.requireNonNull(info).getActivityType());
        }

        @Override
        public void init(ActivityExecutionContext context) {
            info = context.getInfo();
            super.init(new ActivityExecutionContextBase(context) {
                @Override
                public <V> void heartbeat(V details) throws ActivityCompletionException {
                    if (details instanceof Progress progress) {
                        report(progress);
                    }
                    super.heartbeat(details);
                }
            });
        }

        @Override
        public ActivityOutput execute(ActivityInput input) {
            Object request = input.getArguments().length == 0 ? null : input.getArguments()[0];
            if (request instanceof RunScoped scoped && scoped.run() != null) {
                pipeline = scoped.run().pipeline();
            }
            running.add(this);
            try {
                ActivityOutput output = super.execute(input);
                returned(output.getResult());
                return output;
            } catch (RuntimeException | Error failure) {
                instruments.add(ProcessMetric.ACTIVITY_FAILURES, 1, pipeline, place().activity(), type(failure));
                throw failure;
            } finally {
                running.remove(this);
                endTraining();
            }
        }

        /** Heartbeats repeat the last report, which is no progress. */
        private synchronized void report(Progress progress) {
            String now = progress.doing() + progress.done() + "/" + progress.total();
            if (!now.equals(lastReport)) {
                lastReport = now;
                lastProgress = nanos.getAsLong();
            }
            if (progress.loss() == null || !progress.unit().equals(TRAINING_UNIT)) {
                return;
            }
            if (stepsCounted < 0) {
                stepsCounted = progress.committedStep() == null ? 0 : progress.committedStep();
            }
            countSteps(progress.done());
            instruments.set(ProcessMetric.TRAINING_LOSS, progress.loss(), pipeline);
            if (progress.tokensPerSecond() != null) {
                instruments.set(ProcessMetric.TRAINING_TOKENS, progress.tokensPerSecond(), pipeline);
            }
            if (progress.total() > 0) {
                instruments.set(ProcessMetric.TRAINING_PROGRESS, (double) progress.done() / progress.total(), pipeline);
            }
        }

        private void countSteps(long done) {
            instruments.add(ProcessMetric.TRAINING_STEPS, (double) (done - stepsCounted), pipeline);
            stepsCounted = Math.max(stepsCounted, done);
        }

        private synchronized void endTraining() {
            if (stepsCounted >= 0) {
                instruments.remove(ProcessMetric.TRAINING_LOSS, pipeline);
                instruments.remove(ProcessMetric.TRAINING_TOKENS, pipeline);
                instruments.remove(ProcessMetric.TRAINING_PROGRESS, pipeline);
            }
        }

        private void returned(@Nullable Object result) {
            Object found = result instanceof TrainOutcome outcome ? outcome.checkpoint() : result;
            if (found instanceof HasOrigin made) {
                Stage stage =
                        Stage.of(Objects.requireNonNull(info).getWorkflowType().toLowerCase(Locale.ROOT));
                instruments.add(
                        ProcessMetric.STAGE_RESULTS,
                        1,
                        pipeline,
                        stage == null ? NO_PIPELINE : stage.word(),
                        made.origin() != null && made.origin().reused() ? "reused" : "computed");
            }
            if (found instanceof CheckpointRef trained) {
                countLastSteps(trained.steps());
            }
            if (found instanceof EvaluationReport evaluation) {
                instruments.add(
                        ProcessMetric.VERDICTS,
                        1,
                        pipeline,
                        evaluation.verdict().name());
            }
            if (found instanceof Observation observation) {
                observed(observation);
            }
        }

        /** The last steps come after the last heartbeat. */
        private synchronized void countLastSteps(int steps) {
            if (stepsCounted >= 0) {
                countSteps(steps);
            }
        }

        private void observed(Observation observation) {
            for (DriftFinding finding : observation.findings()) {
                String check = DriftFinding.title(finding.drift());
                if (finding.score() != null) {
                    instruments.set(ProcessMetric.DRIFT_SCORE, finding.score(), pipeline, check);
                }
                if (finding.corrected() != null) {
                    instruments.set(ProcessMetric.DRIFT_PROBABILITY, finding.corrected(), pipeline, check);
                }
                if (finding.drifted()) {
                    instruments.add(ProcessMetric.DRIFT_FINDINGS, 1, pipeline, check);
                }
            }
            if (!observation.findings().isEmpty()) {
                instruments.set(ProcessMetric.DRIFT_CHECKED, System.currentTimeMillis() / MILLIS, pipeline);
            }
        }
    }

    /** The type of a failure: one of a closed list, because a label has few values. */
    private static String type(Throwable failure) {
        if (failure instanceof ApplicationFailure known && FAILURES.contains(known.getType())) {
            return known.getType();
        }
        return failure instanceof CanceledFailure || failure instanceof ActivityCompletionException
                ? "Canceled"
                : "Unexpected";
    }
}
