package dev.septet.workflows.forget;

import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.workflows.FailureCauses;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.PipelineWorkflow;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.WorkPriority;
import dev.septet.workflows.catalog.CatalogActivities;
import dev.septet.workflows.catalog.ResolvedPipeline;
import dev.septet.workflows.host.HostBound;
import dev.septet.workflows.retrain.Retraining;
import dev.septet.workflows.retrain.RunQueue;
import dev.septet.workflows.retrain.Trigger;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Orchestration of an erasure. */
public class ForgetWorkflowImpl implements ForgetWorkflow {
    private static final String WHY = "rows are forgotten";
    private static final Duration FIRST_WAIT = Duration.ofSeconds(5);

    /** A wait of three months makes fewer events than a history may have. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(30);

    private static final StagePolicy READ = StagePolicy.within(Duration.ofMinutes(1));

    /** Deleting from a bucket takes long, and a store that is away comes back. */
    private static final StagePolicy DELETE = new StagePolicy(
            Duration.ofHours(12), Duration.ofMinutes(2), 0, Duration.ofSeconds(1), StagePolicy.DEFAULT_FACTOR);

    private final ForgetActivities activities =
            StageStubs.activities(ForgetActivities.class, DELETE, TaskQueues.LIGHT, "forget rows");
    private String doing = "reads the pipeline";

    @Override
    public String doing() {
        return doing;
    }

    @Override
    public ErasureReport forget(ForgetRequest request) {
        ResolvedPipeline resolved = resolve(request.pipeline());
        ErasureRequest erasure = new ErasureRequest(resolved.run(), request.order());
        List<String> retrained = new ArrayList<>();
        ErasurePlan plan = replace(erasure, request.pipeline(), retrained);
        now("checks that no old version serves");
        List<String> served = activities.stillServed(erasure);
        if (!served.isEmpty()) {
            throw FailureType.POLICY_DENIED.of(
                    "nothing was deleted, because an old version still serves: %s. Run its pipeline again to publish a version without the rows, or move it to such a version with `septet rollback PIPELINE --to VERSION`. Then start `septet data forget` again"
                            .formatted(String.join("; ", served)));
        }
        List<String> left = new ArrayList<>();
        for (String pipeline : plan.published()) {
            left.addAll(removeVersions(erasure, pipeline));
        }
        now("deletes what was made of the rows");
        ErasureReport report = activities.erase(erasure, retrained, left);
        now("done");
        return report;
    }

    /**
     * Excludes the rows and trains again, until a plan has nothing new: runs that were open may have brought the rows to further
     * pipelines, or published them.
     */
    private ErasurePlan replace(ErasureRequest erasure, PipelineRequest own, List<String> retrained) {
        Set<String> known = new HashSet<>();
        Set<String> trained = new HashSet<>();
        long excluded = 0;
        while (true) {
            now("looks for what was made of the rows");
            ErasurePlan plan = activities.plan(erasure);
            List<ErasurePlan.Retrained> next = plan.retrain().stream()
                    .filter(each -> !trained.contains(each.pipeline()))
                    .toList();
            boolean more = known.addAll(plan.pipelines()) || plan.excluded() > excluded;
            if (!more && next.isEmpty()) {
                return plan;
            }
            excluded = plan.excluded();
            now("leaves the rows out of later runs");
            activities.exclude(erasure);
            awaitOpenRuns(erasure, plan);
            for (ErasurePlan.Retrained each : next) {
                boolean same = each.pipeline().equals(erasure.run().pipeline());
                retrained.add(retrain(each, same ? own : PipelineRequest.named(each.pipeline())));
                trained.add(each.pipeline());
            }
        }
    }

    /** Removes a pipeline's versions on its host, and returns what is left. */
    private List<String> removeVersions(ErasureRequest erasure, String pipeline) {
        String what = "removes published versions of " + pipeline;
        now(what);
        RunRef run = erasure.run();
        if (!pipeline.equals(run.pipeline())) {
            try {
                run = resolve(PipelineRequest.named(pipeline)).run();
            } catch (ApplicationFailure removed) {
                // No catalogue has it. The host of the order's pipeline says what it cannot see.
            }
        }
        RemovalRequest removal = new RemovalRequest(run, erasure.run().pipeline(), erasure.order(), pipeline);
        return new HostBound<PublishedVersionActivities>(
                        run,
                        true,
                        Stage.DEPLOY,
                        StageStubs.queued(
                                PublishedVersionActivities.class,
                                DELETE,
                                "remove published versions",
                                WorkPriority.TRAIN),
                        waiting -> now(waiting == null ? what : waiting.reason()))
                .call(files -> files.removeVersions(removal));
    }

    private static ResolvedPipeline resolve(PipelineRequest pipeline) {
        try {
            return StageStubs.activities(CatalogActivities.class, READ, TaskQueues.LIGHT, "read the pipeline")
                    .resolve(pipeline, Workflow.getInfo().getRunId());
        } catch (TemporalFailure failure) {
            throw FailureType.INVALID_PIPELINE.of(FailureCauses.message(failure));
        }
    }

    /** A run that began before the rows were excluded could publish them again, so its end is awaited. */
    private void awaitOpenRuns(ErasureRequest erasure, ErasurePlan plan) {
        Duration wait = FIRST_WAIT;
        for (List<String> open = activities.openRuns(erasure, plan.pipelines());
                !open.isEmpty();
                open = activities.openRuns(erasure, plan.pipelines())) {
            now("waits for the end of runs that began earlier: " + String.join(", ", open));
            Workflow.sleep(wait);
            wait = longer(wait);
        }
    }

    /** Trains a pipeline again and returns the run; a retraining that another workflow started is awaited first. */
    private String retrain(ErasurePlan.Retrained each, PipelineRequest request) {
        Duration wait = FIRST_WAIT;
        String id = RunQueue.retraining(each.pipeline());
        while (true) {
            now("trains %s again".formatted(each.pipeline()));
            PipelineWorkflow pipeline = Workflow.newChildWorkflowStub(
                    PipelineWorkflow.class,
                    StageStubs.child(id, "retrain, because " + WHY)
                            .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON)
                            .build());
            Promise<PipelineReport> result = Async.function(
                    pipeline::run,
                    request.retraining(new Retraining(Trigger.REQUEST, WHY, null, null, each.reviewed())));
            String run;
            try {
                run = Workflow.getWorkflowExecution(pipeline).get().getRunId();
            } catch (ChildWorkflowFailure underWay) {
                now("waits for the end of another retraining of " + each.pipeline());
                Workflow.sleep(wait);
                wait = longer(wait);
                continue;
            }
            try {
                result.get();
                return run;
            } catch (ChildWorkflowFailure failed) {
                if (FailureCauses.cancelled(failed)) {
                    throw failed;
                }
                throw FailureType.POLICY_DENIED.of(
                        "nothing was deleted, because the retraining of %s failed (%s). Correct it, and start `septet data forget` again. If the pipeline was renamed or removed, serve a file with its name again, or move it to a version without the rows with `septet rollback PIPELINE --to VERSION`"
                                .formatted(each.pipeline(), FailureCauses.message(failed)));
            }
        }
    }

    private static Duration longer(Duration wait) {
        Duration twice = wait.multipliedBy(2);
        return twice.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : twice;
    }

    private void now(String what) {
        doing = what;
        Workflow.setCurrentDetails(what);
    }
}
