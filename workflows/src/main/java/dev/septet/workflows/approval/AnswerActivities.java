package dev.septet.workflows.approval;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Activities that identify the people who answer. */
@ActivityInterface
public interface AnswerActivities {
    /**
     * Identifies the person who gave an answer.
     *
     * @throws io.temporal.failure.ApplicationFailure Refused when the signature is not that person's, or when it is
     *     missing and the worker's operator requires one
     */
    @ActivityMethod(name = "CheckAnswer")
    CheckedAnswer check(AnswerRequest request);
}
