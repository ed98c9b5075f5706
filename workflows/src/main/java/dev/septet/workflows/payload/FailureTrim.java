package dev.septet.workflows.payload;

import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.failure.ApplicationFailure;

/**
 * Cuts what a failing activity says to a size that history can hold: messages to {@link
 * #MESSAGE_CHARACTERS}, stack traces to {@link #FRAMES}.
 */
public final class FailureTrim extends WorkerInterceptorBase {
    static final int MESSAGE_CHARACTERS = 4096;
    static final int FRAMES = 32;

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new ActivityInboundCallsInterceptorBase(next) {
            @Override
            public ActivityOutput execute(ActivityInput input) {
                try {
                    return super.execute(input);
                } catch (RuntimeException failure) {
                    throw trimmed(failure);
                }
            }
        };
    }

    static RuntimeException trimmed(RuntimeException failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            StackTraceElement[] frames = at.getStackTrace();
            if (frames.length > FRAMES) {
                at.setStackTrace(java.util.Arrays.copyOf(frames, FRAMES));
            }
        }
        String message =
                failure instanceof ApplicationFailure application
                        ? application.getOriginalMessage()
                        : failure.getMessage();
        if (message == null || message.length() <= MESSAGE_CHARACTERS) {
            return failure;
        }
        String cut = message.substring(0, MESSAGE_CHARACTERS) + " ...";
        if (!(failure instanceof ApplicationFailure application)) {
            return ApplicationFailure.newFailure(cut, failure.getClass().getName());
        }
        return application.isNonRetryable()
                ? ApplicationFailure.newNonRetryableFailure(cut, application.getType())
                : ApplicationFailure.newFailure(cut, application.getType());
    }
}
