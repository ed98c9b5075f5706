package dev.septet.workers;

import io.temporal.activity.ActivityExecutionContext;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.util.Set;

/**
 * An interceptor of the activities of some task queues. Interceptors belong to a worker factory,
 * whose other workers may be somebody else's.
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

    /** One attempt of an activity; its queue is known once it begins. */
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
