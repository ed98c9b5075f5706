package dev.septet.activities.resume;

import dev.septet.activities.attempt.Failures;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.result.EarlierRun;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.Stage;
import dev.septet.workflows.catalog.ResolvedPipeline;
import dev.septet.workflows.resume.Resume;
import dev.septet.workflows.resume.ResumeActivities;
import io.temporal.activity.Activity;
import java.io.IOException;

/** Reuses results of an earlier run, after the same check that the command line shows. */
public final class ResumeActivitiesImpl implements ResumeActivities {
    private final ArtifactStore store;
    private final PipelineFiles files;

    public ResumeActivitiesImpl(ArtifactStore store, PipelineFiles files) {
        this.store = store;
        this.files = files;
    }

    @Override
    public PipelineReport takeOver(ResolvedPipeline present, Resume resume) {
        try {
            Stage from = resume.first();
            if (from == null) {
                throw StageProblem.invalid(
                        "resume: there is no stage '%s'; there is %s".formatted(resume.from(), Stage.words()));
            }
            EarlierRun earlier = EarlierRun.of(
                    Activity.getExecutionContext().getWorkflowClient(), resume.workflowId(), resume.runId());
            ResumeCheck check = new ResumeCheck(earlier, present, from);
            return check.takeOver(check.verdicts(store, files));
        } catch (IOException | RuntimeException problem) {
            throw Failures.of(problem);
        }
    }
}
