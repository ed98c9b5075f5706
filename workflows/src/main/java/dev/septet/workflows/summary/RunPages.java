package dev.septet.workflows.summary;

import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.workflows.FailureCauses;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.resume.Resume;
import dev.septet.workflows.retrain.Retraining;
import dev.septet.workflows.retrain.Trigger;
import io.temporal.common.SearchAttributeKey;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Workflow code that leaves a run's result where people find it without a worker: in its memo and on its page. */
public final class RunPages {
    /** Runs of histories without this version have no page and no result in their memo. */
    private static final String CHANGE = "runs-are-reported";

    /** A worker of an earlier version does not know the activity, so the attempts are few. */
    private static final StagePolicy POLICY = new StagePolicy(
            Duration.ofMinutes(5), Duration.ofMinutes(1), 4, Duration.ofSeconds(2), StagePolicy.DEFAULT_FACTOR);

    /** Set by the server on the runs of a schedule. */
    private static final SearchAttributeKey<String> SCHEDULE = SearchAttributeKey.forKeyword("TemporalScheduledById");

    private static final int LONGEST = 1000;

    private final Consumer<String> remark;

    /** Creates it for one run. {@code remark} gets a sentence when the page cannot be written. */
    public RunPages(Consumer<String> remark) {
        this.remark = remark;
    }

    /** Writes the verdict and what was published into the memo. */
    public void remember(PipelineReport results, @Nullable String failure) {
        if (results.evaluation() == null || !known()) {
            return;
        }
        Workflow.upsertMemo(RunMemo.of(results, failure));
    }

    /** Writes the page of a run with an evaluation; null when there is none, or when it could not be written. */
    public @Nullable ArtifactRef write(
            PipelineRequest request,
            PipelineSpec spec,
            PipelineReport results,
            List<StageTime> stages,
            @Nullable String failure) {
        if (results.run() == null || results.evaluation() == null || !known()) {
            return null;
        }
        RunPageActivities activities =
                StageStubs.activities(RunPageActivities.class, POLICY, TaskQueues.LIGHT, "write the page of the run");
        try {
            return activities.write(new RunPageRequest(results.run(), spec, results, facts(request, stages, failure)));
        } catch (TemporalFailure problem) {
            if (!FailureCauses.cancelled(problem)) {
                remark.accept("the page of this run could not be written: " + FailureCauses.message(problem));
            }
            return null;
        }
    }

    private static RunFacts facts(PipelineRequest request, List<StageTime> stages, @Nullable String failure) {
        WorkflowInfo info = Workflow.getInfo();
        Retraining retraining = request.retraining();
        Resume resume = request.resume();
        return new RunFacts(
                info.getRunStartedTimestampMillis(),
                Workflow.currentTimeMillis(),
                info.getWorkflowId(),
                retraining == null ? Trigger.REQUEST : retraining.trigger(),
                retraining == null ? "" : retraining.why(),
                Workflow.getTypedSearchAttributes().get(SCHEDULE),
                info.getParentWorkflowId().orElse(null),
                resume == null ? null : resume.runId(),
                info.getAttempt(),
                stages,
                failure == null || failure.length() <= LONGEST ? failure : failure.substring(0, LONGEST));
    }

    private static boolean known() {
        return Workflow.getVersion(CHANGE, Workflow.DEFAULT_VERSION, 1) != Workflow.DEFAULT_VERSION;
    }
}
