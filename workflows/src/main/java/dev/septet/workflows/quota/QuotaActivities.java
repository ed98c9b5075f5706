package dev.septet.workflows.quota;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Activities that compare the use of a team with its quotas. */
@ActivityInterface
public interface QuotaActivities {
    /** Whether a stage may begin; light work, which holds no worker while a run waits. */
    @ActivityMethod(name = "CheckQuota")
    QuotaAnswer check(QuotaRequest request);
}
