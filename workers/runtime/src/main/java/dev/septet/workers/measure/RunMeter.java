package dev.septet.workers.measure;

import dev.septet.activities.quota.RunUse;
import dev.septet.activities.report.ReportSettings;
import dev.septet.activities.report.RunCost;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workers.observe.Instruments;
import dev.septet.workers.observe.ProcessMetric;
import dev.septet.workflows.FailureCauses;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.artifact.HasOrigin;
import dev.septet.workflows.catalog.ResolvedPipeline;
import dev.septet.workflows.summary.StageTime;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.unsafe.WorkflowUnsafe;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures the end of each run: its outcome, the time of its stages, its cost and energy, and what outside services cost. It observes the workflow from outside
 * and adds no command, so recorded histories replay. A replay counts nothing. The server repeats the last task of a run
 * when it did not get the answer of the first; a process that has counted the run does not count it again.
 */
public final class RunMeter {
    private static final Logger LOG = LoggerFactory.getLogger(RunMeter.class);
    private static final String RUN = "Pipeline";
    private static final double MILLIS = 1e3;
    private static final double MILLIS_PER_HOUR = 3.6e6;

    /** Runs that this process has counted and still knows. */
    private static final int REMEMBERED = 10_000;

    /** Decisions against a model. They are no faults. */
    private static final Set<String> DECISIONS =
            Set.of(FailureType.GATE_FAILED.type(), FailureType.CANARY_FAILED.type());

    private final Instruments instruments;
    private final Costs costs;

    /** A workflow must not wait for a store. */
    private final Executor reading = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "septet-run-costs");
        thread.setDaemon(true);
        return thread;
    });

    private final Set<String> counted =
            Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<String, Boolean>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                    return size() > REMEMBERED;
                }
            }));

    /** Finds out what a run cost. It may read the store. */
    @FunctionalInterface
    public interface Costs {
        /** Costs nobody knows. */
        Costs NONE = (run, spec, stages) -> RunCost.NONE;

        /** The cost of a run with stages of these times. */
        RunCost of(RunRef run, PipelineSpec spec, List<StageTime> stages);
    }

    /** How a run ended. */
    private enum Outcome {
        COMPLETED,
        FAILED,
        REFUSED,
        CANCELLED;

        static Outcome of(PipelineReport report) {
            return report.refusal() == null ? COMPLETED : REFUSED;
        }

        static Outcome of(TemporalFailure failure) {
            if (FailureCauses.cancelled(failure)) {
                return CANCELLED;
            }
            ApplicationFailure root = FailureCauses.root(failure);
            return root != null && DECISIONS.contains(root.getType()) ? REFUSED : FAILED;
        }
    }

    RunMeter(Instruments instruments, Costs costs) {
        this.instruments = instruments;
        this.costs = costs;
    }

    /** The interceptor of one workflow; workflows other than runs are not measured. */
    WorkflowInboundCallsInterceptor around(WorkflowInboundCallsInterceptor next) {
        return new MeasuredRun(next);
    }

    /** One run. All its code runs in the workflow's own threads, one at a time. */
    private final class MeasuredRun extends WorkflowInboundCallsInterceptorBase {
        private final List<StageTime> stages = new ArrayList<>();
        private boolean measured;
        private @Nullable ResolvedPipeline resolved;

        MeasuredRun(WorkflowInboundCallsInterceptor next) {
            super(next);
        }

        @Override
        public void init(WorkflowOutboundCallsInterceptor outbound) {
            super.init(new WorkflowOutboundCallsInterceptorBase(outbound) {
                @Override
                public <R> ActivityOutput<R> executeActivity(ActivityInput<R> input) {
                    ActivityOutput<R> output = super.executeActivity(input);
                    if (measured && resolved == null) {
                        var unused = output.getResult().handle((result, failure) -> resolved(result));
                    }
                    return output;
                }

                @Override
                public <R> ChildWorkflowOutput<R> executeChildWorkflow(ChildWorkflowInput<R> input) {
                    long began = Workflow.currentTimeMillis();
                    ChildWorkflowOutput<R> output = super.executeChildWorkflow(input);
                    Stage stage = stage(input.getWorkflowType(), input.getWorkflowId());
                    if (stage != null) {
                        var unused = output.getResult().handle((result, failure) -> {
                            boolean reused = result instanceof HasOrigin made
                                    && made.origin() != null
                                    && made.origin().reused();
                            long millis = Workflow.currentTimeMillis() - began;
                            return stages.add(new StageTime(stage, millis, reused, failure != null));
                        });
                    }
                    return output;
                }
            });
        }

        @Override
        public WorkflowOutput execute(WorkflowInput input) {
            measured = RUN.equals(Workflow.getInfo().getWorkflowType());
            if (!measured) {
                return super.execute(input);
            }
            try {
                WorkflowOutput output = super.execute(input);
                ended(output.getResult() instanceof PipelineReport report ? Outcome.of(report) : Outcome.COMPLETED);
                return output;
            } catch (TemporalFailure failure) {
                ended(Outcome.of(failure));
                throw failure;
            }
        }

        /** The pipeline of the run comes first; later ones are of its folds and candidates. */
        private boolean resolved(@Nullable Object result) {
            if (resolved == null && result instanceof ResolvedPipeline first) {
                resolved = first;
            }
            return resolved != null;
        }

        /** The stage that a child workflow is; null for other children, such as the stages of folds. */
        private @Nullable Stage stage(String type, String id) {
            Stage stage = Stage.of(type.toLowerCase(Locale.ROOT));
            ResolvedPipeline known = resolved;
            return known != null
                            && stage != null
                            && StageStubs.id(known.run(), stage).equals(id)
                    ? stage
                    : null;
        }

        private void ended(Outcome outcome) {
            if (WorkflowUnsafe.isReplaying() || !counted.add(Workflow.getInfo().getRunId())) {
                return;
            }
            ResolvedPipeline known = resolved;
            String pipeline =
                    known == null ? ActivityMeter.NO_PIPELINE : known.run().pipeline();
            instruments.add(ProcessMetric.RUNS, 1, pipeline, outcome.name().toLowerCase(Locale.ROOT));
            for (StageTime stage : stages) {
                instruments.add(
                        ProcessMetric.STAGE_SECONDS,
                        stage.millis() / MILLIS,
                        pipeline,
                        stage.stage().word());
            }
            if (known != null) {
                List<StageTime> times = List.copyOf(stages);
                reading.execute(() -> addCost(known, times));
            }
        }
    }

    private void addCost(ResolvedPipeline run, List<StageTime> stages) {
        String pipeline = run.run().pipeline();
        RunCost cost;
        try {
            cost = costs.of(run.run(), run.spec(), stages);
        } catch (RuntimeException unreadable) {
            LOG.warn("the cost of a run of {} is not in the metrics: {}", pipeline, unreadable.toString());
            return;
        }
        ReportSettings.Price price = cost.pricePerHour();
        if (price != null) {
            double amount = price.amount().doubleValue() * cost.machineMillis() / MILLIS_PER_HOUR;
            instruments.add(ProcessMetric.RUN_COST, amount, pipeline, price.currency());
        }
        RunUse use = cost.use();
        if (use != null) {
            use.costs()
                    .forEach((currency, amount) ->
                            instruments.add(ProcessMetric.SERVICE_COST, amount.doubleValue(), pipeline, currency));
            if (use.tokens() > 0) {
                instruments.add(ProcessMetric.SERVICE_TOKENS, (double) use.tokens(), pipeline);
            }
        }
        if (cost.measuredJoules() != null) {
            instruments.add(ProcessMetric.RUN_ENERGY, cost.measuredJoules(), pipeline, "measured");
        } else if (cost.kilowattHours() != null) {
            double joules = cost.kilowattHours().doubleValue() * RunCost.JOULES_PER_KILOWATT_HOUR;
            instruments.add(ProcessMetric.RUN_ENERGY, joules, pipeline, "estimated");
        }
    }
}
