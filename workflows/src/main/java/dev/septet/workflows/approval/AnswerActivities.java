package dev.septet.workflows.approval;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Who people are. */
@ActivityInterface
public interface AnswerActivities {
    /**
     * Finds who gave an answer.
     *
     * @throws io.temporal.failure.ApplicationFailure Refused when the signature is not that
     *     person's, or is missing and the worker's operator does not do without
     */
    @ActivityMethod(name = "CheckAnswer")
    CheckedAnswer check(AnswerRequest request);
}
