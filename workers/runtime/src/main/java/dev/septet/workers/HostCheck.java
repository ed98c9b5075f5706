package dev.septet.workers;

import dev.septet.activities.attempt.Failures;
import dev.septet.activities.host.Hosts;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.deploy.DeployRequest;
import dev.septet.workflows.host.Host;
import dev.septet.workflows.monitor.MonitorRequest;
import dev.septet.workflows.prepare.PrepareRequest;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where machines share a store, work on a pipeline's files begins only on the pipeline's host. The
 * workflow schedules such activities on that host's queue. A workflow that an earlier version
 * began, or that waited while the pipeline moved to another machine, may schedule them elsewhere.
 */
final class HostCheck extends WorkerInterceptorBase {
    private static final Set<String> BOUND = Set.of(
            "Publish", "Challenge", "Promote", "RollBack", "CanaryCursor", "CanaryCheck", "ReadLog", "RemoveVersions");

    /**
     * Activities of monitors. They read the audit log themselves if the host has not read it for
     * them.
     */
    private static final Set<String> CHECKS = Set.of("Count", "Observe");

    private final Host thisHost;
    private final Hosts hosts;

    HostCheck(Host thisHost, Hosts hosts) {
        this.thisHost = thisHost;
        this.hosts = hosts;
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new Checked(next);
    }

    private final class Checked extends ActivityInboundCallsInterceptorBase {
        private @Nullable ActivityInfo info;

        Checked(ActivityInboundCallsInterceptor next) {
            super(next);
        }

        @Override
        public void init(ActivityExecutionContext context) {
            info = context.getInfo();
            super.init(context);
        }

        @Override
        public ActivityOutput execute(ActivityInput input) {
            ActivityInfo known = Objects.requireNonNull(info);
            RunRef run = boundTo(known.getActivityType(), input.getArguments());
            if (run != null) {
                require(run, known.getActivityTaskQueue());
            }
            return super.execute(input);
        }
    }

    private void require(RunRef run, String queue) {
        Host host;
        try {
            host = hosts.of(run.pipeline()).orElse(thisHost); // a pipeline has no host before its first publication
        } catch (IOException | RuntimeException problem) {
            throw Failures.of(problem);
        }
        if (host.id().equals(thisHost.id())) {
            return;
        }
        ApplicationFailure elsewhere =
                FailureType.ELSEWHERE.of("the files of '%s' are on host %s; this worker is on host %s"
                        .formatted(run.pipeline(), host.name(), thisHost.name()));
        // No other worker polls a host's own queue: the workflow must look the host up again.
        throw TaskQueues.isHost(queue)
                ? ApplicationFailure.newNonRetryableFailure(elsewhere.getOriginalMessage(), elsewhere.getType())
                : elsewhere;
    }

    /** The run whose pipeline's files this activity needs, null when it needs none. */
    static @Nullable RunRef boundTo(String type, @Nullable Object[] arguments) {
        for (Object argument : arguments) {
            boolean bound = (BOUND.contains(type) && !(argument instanceof DeployRequest into && !into.needsHost()))
                    || (argument instanceof PrepareRequest rows && rows.readsReviewedRows())
                    || (CHECKS.contains(type) && argument instanceof MonitorRequest look && look.window() == null);
            if (bound && argument instanceof RunScoped scoped) {
                return scoped.run();
            }
            if (bound && argument instanceof RunRef run) {
                return run;
            }
        }
        return null;
    }
}
