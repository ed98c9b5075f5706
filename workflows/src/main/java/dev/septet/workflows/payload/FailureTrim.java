package dev.septet.workflows.payload;

import io.temporal.client.ActivityCompletionException;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the failures of activities, workflows and updates, with all causes, to the size that the server keeps.
 *
 * <p>The server keeps at most 4 KiB of the failure of a retried attempt. It replaces a larger one by "Failure exceeds
 * size limit.", and the reason of the failure is lost. A failure that ends the activity may be larger, so that a list
 * of problems stays complete.
 */
public final class FailureTrim extends WorkerInterceptorBase {
    /** Limit for a failure that is retried, with all causes. The remaining bytes up to 4 KiB are for the overhead of a payload codec. */
    static final int RETRIED_BYTES = 3000;

    /** Limit for a failure that ends the activity, all causes included. */
    static final int FINAL_BYTES = 24 * 1024;

    /** Limit for the first message of a failure that ends the activity. */
    private static final int FINAL_MESSAGE_BYTES = 16 * 1024;

    private static final int RETRIED_MESSAGE_BYTES = 2000;
    private static final int CAUSE_BYTES = 160;
    private static final int CAUSES = 4;
    private static final int FRAMES = 32;

    /** Longer chains are cut without being measured. */
    private static final int DEEPEST = 200;

    private static final String CUT = " ...";

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new ActivityInboundCallsInterceptorBase(next) {
            @Override
            public ActivityOutput execute(ActivityInput input) {
                try {
                    return super.execute(input);
                } catch (RuntimeException | Error failure) {
                    throw trimmed(failure);
                }
            }
        };
    }

    /** A pure function of the failure is applied, so a replay has the same result. */
    @Override
    public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
        return new WorkflowInboundCallsInterceptorBase(next) {
            @Override
            public WorkflowOutput execute(WorkflowInput input) {
                try {
                    return super.execute(input);
                } catch (TemporalFailure failure) {
                    throw ended(failure);
                }
            }

            @Override
            public void validateUpdate(UpdateInput input) {
                try {
                    super.validateUpdate(input);
                } catch (RuntimeException refusal) {
                    throw ended(refusal);
                }
            }

            @Override
            public UpdateOutput executeUpdate(UpdateInput input) {
                try {
                    return super.executeUpdate(input);
                } catch (TemporalFailure failure) {
                    throw ended(failure);
                }
            }
        };
    }

    /** A failure that ends a workflow or an update. The SDK distinguishes such failures by their class, so small ones stay. */
    static RuntimeException ended(RuntimeException failure) {
        if (failure instanceof CanceledFailure) {
            return failure;
        }
        List<Throwable> chain = chain(failure);
        return chain.size() < DEEPEST && bytes(failure) <= FINAL_BYTES ? failure : rebuilt(chain, FINAL_MESSAGE_BYTES);
    }

    /** The same failure, small enough to be kept; a cancellation is not changed. */
    static RuntimeException trimmed(Throwable failure) {
        if (failure instanceof ActivityCompletionException stop) {
            return stop;
        }
        if (failure instanceof CanceledFailure cancelled) {
            return cancelled;
        }
        List<Throwable> chain = chain(failure);
        for (Throwable at : chain) {
            keepFrames(at, FRAMES);
        }
        boolean last = failure instanceof ApplicationFailure known && known.isNonRetryable();
        int max = last ? FINAL_BYTES : RETRIED_BYTES;
        if (failure instanceof RuntimeException small && chain.size() < DEEPEST && bytes(small) <= max) {
            return small;
        }
        return rebuilt(chain, last ? FINAL_MESSAGE_BYTES : RETRIED_MESSAGE_BYTES);
    }

    /** Keeps the last cause, which is the most useful one for people, and removes those in the middle. */
    private static ApplicationFailure rebuilt(List<Throwable> chain, int messageBytes) {
        List<Throwable> kept = new ArrayList<>(chain.subList(0, Math.min(CAUSES, chain.size())));
        if (chain.size() > CAUSES) {
            kept.add(chain.get(chain.size() - 1));
        }
        ApplicationFailure cause = null;
        for (int at = kept.size() - 1; at >= 0; at--) {
            cause = rebuilt(kept.get(at), at == 0 ? messageBytes : CAUSE_BYTES, cause);
        }
        if (cause == null) {
            throw new IllegalStateException("a chain has at least one failure");
        }
        return cause;
    }

    private static ApplicationFailure rebuilt(Throwable at, int messageBytes, @Nullable ApplicationFailure cause) {
        ApplicationFailure.Builder builder = ApplicationFailure.newBuilder().setMessage(cut(message(at), messageBytes));
        if (at instanceof ApplicationFailure known) {
            builder.setType(cut(known.getType(), CAUSE_BYTES))
                    .setNonRetryable(known.isNonRetryable())
                    .setNextRetryDelay(known.getNextRetryDelay())
                    .setCategory(known.getCategory());
        } else {
            builder.setType(cut(at.getClass().getName(), CAUSE_BYTES));
        }
        if (cause != null) {
            builder.setCause(cause);
        }
        ApplicationFailure small = builder.build();
        small.setStackTrace(new StackTraceElement[0]);
        return small;
    }

    private static List<Throwable> chain(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable at = failure; at != null && chain.size() < DEEPEST; at = at.getCause()) {
            chain.add(at);
        }
        return chain;
    }

    private static void keepFrames(Throwable failure, int max) {
        StackTraceElement[] frames = failure.getStackTrace();
        if (frames.length > max) {
            failure.setStackTrace(Arrays.copyOf(frames, max));
        }
    }

    private static int bytes(RuntimeException failure) {
        return DefaultDataConverter.STANDARD_INSTANCE
                .exceptionToFailure(failure)
                .getSerializedSize();
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static String message(Throwable failure) {
        String message = failure instanceof TemporalFailure known ? known.getOriginalMessage() : failure.getMessage();
        return message == null ? "" : message;
    }

    /** Cuts a text to this number of bytes of UTF-8, between characters. */
    private static String cut(String text, int bytes) {
        if (bytes(text) <= bytes) {
            return text;
        }
        int left = bytes - CUT.length();
        int end = 0;
        while (end < text.length()) {
            int next = end + Character.charCount(text.codePointAt(end));
            left -= bytes(text.substring(end, next));
            if (left < 0) {
                break;
            }
            end = next;
        }
        return text.substring(0, end) + CUT;
    }
}
