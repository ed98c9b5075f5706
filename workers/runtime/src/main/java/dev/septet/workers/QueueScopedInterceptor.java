package dev.septet.workers;

import io.temporal.activity.ActivityExecutionContext;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.util.Set;

/**
 * Applies an interceptor to the activities of given task queues only. Interceptors belong to a
 * worker factory, and its other workers may not be Septet's.
 */
final class QueueScopedInterceptor extends WorkerInterceptorBase {
    private final Set<String> queues;
    private final WorkerInterceptor interceptor;

    QueueScopedInterceptor(Set<String> queues, WorkerInterceptor interceptor) {
        this.queues = Set.copyOf(queues);
        this.interceptor = interceptor;
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new Scoped(next);
    }

    /** One attempt of an activity. Its queue is known only when it begins. */
    private final class Scoped extends ActivityInboundCallsInterceptorBase {
        private ActivityInboundCallsInterceptor chosen;

        Scoped(ActivityInboundCallsInterceptor next) {
            super(next);
            chosen = next;
        }

        @Override
        public void init(ActivityExecutionContext context) {
            if (queues.contains(context.getInfo().getActivityTaskQueue())) {
                chosen = interceptor.interceptActivity(chosen);
            }
            chosen.init(context);
        }

        @Override
        public ActivityOutput execute(ActivityInput input) {
            return chosen.execute(input);
        }
    }
}
