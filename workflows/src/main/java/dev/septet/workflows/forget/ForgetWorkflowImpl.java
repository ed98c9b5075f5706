package dev.septet.workflows.forget;

import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.workflows.FailureCauses;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.PipelineWorkflow;
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
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Orchestration of an erasure. */
public final class ForgetWorkflowImpl implements ForgetWorkflow {
    private static final String WHY = "rows are forgotten";
    private static final Duration FIRST_WAIT = Duration.ofSeconds(5);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
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
        now("looks for what was made of the rows");
        ErasurePlan plan = activities.plan(erasure);
        now("leaves the rows out of later runs");
        activities.exclude(erasure);
        awaitOpenRuns(erasure, plan);
        List<String> retrained = new ArrayList<>();
        for (ErasurePlan.Retrained each : plan.retrain()) {
            boolean own = each.pipeline().equals(resolved.run().pipeline());
            retrained.add(retrain(each, own ? request.pipeline() : PipelineRequest.named(each.pipeline())));
        }
        now("checks that no old version serves");
        List<String> served = activities.stillServed(erasure);
        if (!served.isEmpty()) {
            throw FailureType.POLICY_DENIED.of(
                    "nothing was deleted, because an old version still serves: %s. Publish a new version, or withdraw the old one, and start `septet data forget` again"
                            .formatted(String.join("; ", served)));
        }
        now("removes published versions");
        new HostBound<PublishedVersionActivities>(
                        resolved.run(),
                        true,
                        Stage.DEPLOY,
                        StageStubs.queued(
                                PublishedVersionActivities.class,
                                DELETE,
                                "remove published versions",
                                WorkPriority.TRAIN),
                        waiting -> now(waiting == null ? "removes published versions" : waiting.reason()))
                .run(files -> files.removeVersions(erasure));
        now("deletes what was made of the rows");
        ErasureReport report = activities.erase(erasure, retrained);
        now("done");
        return report;
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
                        "nothing was deleted, because the retraining of %s failed (%s). Correct it, and start `septet data forget` again"
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
