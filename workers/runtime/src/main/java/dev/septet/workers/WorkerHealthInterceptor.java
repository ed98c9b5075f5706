package dev.septet.workers;

import dev.septet.workflows.FailureType;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.client.ActivityCompletionException;
import io.temporal.common.interceptors.ActivityExecutionContextBase;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a worker process that can no longer work correctly, so that its supervisor starts a new one.
 * It does so after an {@code Error}, because a class or native library that failed to load once
 * fails forever in the same JVM. It also does so when an activity hangs.
 *
 * <p>In a workflow only errors that break the process count. The server retries a failed workflow
 * task, so an error in the workflow's own code would end every new process again.
 *
 * <p>An activity hangs when it has sent heartbeats and then sends none for {@link #SILENCE} longer
 * than the heartbeat timeout. {@link dev.septet.activities.attempt.Heartbeats} repeats the last
 * heartbeat while a step may still be slow. Silence therefore means far more time than any step
 * took.
 *
 * <p>Only Septet's own worker processes use it. A program that embeds the plugin is never ended.
 */
final class WorkerHealthInterceptor extends WorkerInterceptorBase {
    /**
     * Exit status of a process that ended itself: EX_SOFTWARE of sysexits.h, an internal software
     * error.
     */
    static final int STATUS = 70;

    static final Duration SILENCE = Duration.ofMinutes(2);

    private static final Logger LOG = LoggerFactory.getLogger(WorkerHealthInterceptor.class);
    private static final int DEEPEST = 50;
    private static final Pattern ERROR = Pattern.compile("java\\.lang\\.\\w*Error");

    private final Consumer<String> end;
    private final LongSupplier nanos;
    private final AtomicReference<@Nullable String> ending = new AtomicReference<>();
    private final Set<Watched> running = ConcurrentHashMap.newKeySet();

    /**
     * @param end ends the process and receives the reason; must not wait for activities
     */
    WorkerHealthInterceptor(Consumer<String> end) {
        this(end, System::nanoTime);
    }

    /** With another clock, for tests. */
    WorkerHealthInterceptor(Consumer<String> end, LongSupplier nanos) {
        this.end = end;
        this.nanos = nanos;
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new Watched(next);
    }

    @Override
    public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
        return new WatchedWorkflow(next);
    }

    /**
     * Checks for hung activities. The caller must call it at least once per half {@link #SILENCE}.
     */
    void check() {
        for (Watched activity : running) {
            activity.check();
        }
    }

    /** Why the process cannot work correctly any more, or an activity may hang; null when it is healthy. */
    @Nullable
    String problem() {
        String reason = ending.get();
        if (reason != null) {
            return "the process ends itself: " + reason;
        }
        return running.stream()
                .filter(activity -> activity.silent)
                .findFirst()
                .map(activity -> activity.type() + " has sent no heartbeat for too long")
                .orElse(null);
    }

    /**
     * Describes the {@code Error} in a chain of causes; null when there is none. A converted
     * failure carries only the type names of its causes.
     */
    static @Nullable String error(Throwable failure) {
        Throwable at = failure;
        for (int depth = 0; at != null && depth < DEEPEST; depth++) {
            if (at instanceof Error error) {
                return "%s: %s".formatted(error.getClass().getSimpleName(), error.getMessage());
            }
            if (at instanceof ApplicationFailure application
                    && ERROR.matcher(application.getType()).matches()) {
                return "%s: %s"
                        .formatted(
                                application.getType().substring("java.lang.".length()),
                                application.getOriginalMessage());
            }
            at = at.getCause();
        }
        return null;
    }

    /** Ends the process after an error in a workflow thread if the error breaks the process. */
    private void endAfter(Error error) {
        Throwable at = error;
        for (int depth = 0; at != null && depth < DEEPEST; depth++) {
            if (at instanceof LinkageError
                    || (at instanceof VirtualMachineError && !(at instanceof StackOverflowError))) {
                end("a workflow failed with " + error(at));
                return;
            }
            at = at.getCause();
        }
    }

    private Runnable guarded(Runnable thread) {
        return () -> guardedCall(() -> {
            thread.run();
            return null;
        });
    }

    private <T extends @Nullable Object> T guardedCall(Supplier<T> call) {
        try {
            return call.get();
        } catch (Error error) {
            endAfter(error);
            throw error;
        }
    }

    private void end(String reason) {
        if (ending.compareAndSet(null, reason)) {
            LOG.error("this process ends itself: {}", reason);
            end.accept(reason);
        }
    }

    /** Watches a workflow's constructor, its threads and its handlers. */
    private final class WatchedWorkflow extends WorkflowInboundCallsInterceptorBase {
        WatchedWorkflow(WorkflowInboundCallsInterceptor next) {
            super(next);
        }

        @Override
        public void init(WorkflowOutboundCallsInterceptor outbound) {
            WorkflowOutboundCallsInterceptor guardedCalls = new WorkflowOutboundCallsInterceptorBase(outbound) {
                @Override
                public Object newChildThread(Runnable thread, boolean detached, String name) {
                    return super.newChildThread(guarded(thread), detached, name);
                }
            };
            guarded(() -> super.init(guardedCalls)).run();
        }

        @Override
        public Object newWorkflowMethodThread(Runnable thread, @Nullable String name) {
            return super.newWorkflowMethodThread(guarded(thread), name);
        }

        @Override
        public Object newCallbackThread(Runnable thread, @Nullable String name) {
            return super.newCallbackThread(guarded(thread), name);
        }

        @Override
        public QueryOutput handleQuery(QueryInput input) {
            return guardedCall(() -> super.handleQuery(input));
        }

        /** The SDK makes the thread of a signal of the first task before it has this interceptor. */
        @Override
        public void handleSignal(SignalInput input) {
            guarded(() -> super.handleSignal(input)).run();
        }

        /** The same holds for the thread of an update of the first task. */
        @Override
        public UpdateOutput executeUpdate(UpdateInput input) {
            return guardedCall(() -> super.executeUpdate(input));
        }

        @Override
        public void validateUpdate(UpdateInput input) {
            guarded(() -> super.validateUpdate(input)).run();
        }
    }

    /** One activity's call and the time of its last heartbeat. */
    private final class Watched extends ActivityInboundCallsInterceptorBase {
        private @Nullable ActivityInfo info;
        private volatile long lastHeartbeat;
        private volatile boolean sendsHeartbeats;
        private volatile boolean silent;

        Watched(ActivityInboundCallsInterceptor next) {
            super(next);
        }

        @Override
        public void init(ActivityExecutionContext context) {
            info = context.getInfo();
            super.init(new ActivityExecutionContextBase(context) {
                @Override
                public <V> void heartbeat(V details) throws ActivityCompletionException {
                    lastHeartbeat = nanos.getAsLong();
                    sendsHeartbeats = true;
                    super.heartbeat(details);
                }
            });
        }

        @Override
        public ActivityOutput execute(ActivityInput input) {
            running.add(this);
            try {
                return super.execute(input);
            } catch (RuntimeException | Error failure) {
                String error = error(failure);
                if (error == null) {
                    throw failure;
                }
                end("%s failed with %s".formatted(type(), error));
                throw summary(failure, error);
            } finally {
                running.remove(this);
            }
        }

        /**
         * Two consecutive checks must find silence: after the machine was suspended, an activity
         * may only be late.
         */
        private void check() {
            long max = Objects.requireNonNull(info)
                    .getHeartbeatTimeout()
                    .plus(SILENCE)
                    .toNanos();
            boolean hung = sendsHeartbeats && nanos.getAsLong() - lastHeartbeat > max;
            if (hung && silent) {
                end(String.format(
                        Locale.ROOT,
                        "%s has sent no heartbeat for %d s",
                        type(),
                        Duration.ofNanos(max).toSeconds()));
            }
            silent = hung;
        }

        private String type() {
            return Objects.requireNonNull(info).getActivityType();
        }
    }

    /** A failure with a {@link FailureType}, so that the next attempt is told the reason. */
    private static RuntimeException summary(Throwable failure, String error) {
        return failure instanceof ApplicationFailure known
                ? known
                : FailureType.BACKEND_FAILED.of(error + ". The worker's process ends and is started again");
    }
}
