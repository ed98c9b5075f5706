package dev.septet.workers;

import io.temporal.activity.ActivityExecutionContext;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.workflow.Workflow;
import java.util.Set;

/**
 * Applies an interceptor to the workflows and activities of given task queues only. Interceptors belong to a
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

    @Override
    public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
        return new ScopedWorkflow(next, interceptor.interceptWorkflow(next));
    }

    /** One run of a workflow. Both interceptors end in the same workflow. */
    private final class ScopedWorkflow extends WorkflowInboundCallsInterceptorBase {
        private final WorkflowInboundCallsInterceptor next;
        private final WorkflowInboundCallsInterceptor scoped;

        ScopedWorkflow(WorkflowInboundCallsInterceptor next, WorkflowInboundCallsInterceptor scoped) {
            super(next);
            this.next = next;
            this.scoped = scoped;
        }

        @Override
        public void init(WorkflowOutboundCallsInterceptor outbound) {
            scoped.init(outbound); // initializes the next one, too
        }

        private WorkflowInboundCallsInterceptor chosen() {
            return queues.contains(Workflow.getInfo().getTaskQueue()) ? scoped : next;
        }

        @Override
        public WorkflowOutput execute(WorkflowInput input) {
            return chosen().execute(input);
        }

        @Override
        public void validateUpdate(UpdateInput input) {
            chosen().validateUpdate(input);
        }

        @Override
        public UpdateOutput executeUpdate(UpdateInput input) {
            return chosen().executeUpdate(input);
        }
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
