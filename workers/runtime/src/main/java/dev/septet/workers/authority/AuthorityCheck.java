package dev.septet.workers.authority;

import dev.septet.activities.attempt.Failures;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.authority.Authority;
import dev.septet.dsl.pipeline.NotifySpec;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.approval.AnswerRequest;
import dev.septet.workflows.approval.CheckedAnswer;
import dev.septet.workflows.artifact.Approval;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ExportRef;
import dev.septet.workflows.catalog.ResolvedPipeline;
import dev.septet.workflows.deploy.DeployRequest;
import dev.septet.workflows.deploy.Publication;
import dev.septet.workflows.evaluate.EvaluateRequest;
import dev.septet.workflows.resume.Resume;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks every activity of Septet before it begins. The calling run must have a ticket, the request
 * must match the run's file, and the workflow must belong to the run. Results on which a
 * publication depends are returned with a seal.
 */
public final class AuthorityCheck extends WorkerInterceptorBase {
    /** Activities that read no file and change nothing. They need no run. */
    static final Set<String> OPEN = Set.of("Pollers", "StillUnderWay");

    /** The activity that reads the pipeline file and creates the run's ticket. */
    static final String RESOLVE = "Resolve";

    /**
     * Activities of a monitor, which continues after its run has ended and then checks later runs.
     */
    private static final Set<String> WATCH = Set.of("Count", "Observe", "Host", "ReadLog", "Admit", "Notify");

    /** Number of cached answers about executions' lineage. */
    private static final int REMEMBERED = 10_000;

    private final Set<String> queues;
    private final Supplier<Authority> authority;
    private final ParentWorkflowCheck.Verified verified = new ParentWorkflowCheck.Verified(REMEMBERED);

    /**
     * @param queues Septet's own task queues; activities of other queues are not checked
     * @param authority called when an activity begins
     */
    public AuthorityCheck(Set<String> queues, Supplier<Authority> authority) {
        this.queues = Set.copyOf(queues);
        this.authority = authority;
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new Checked(next);
    }

    private final class Checked extends ActivityInboundCallsInterceptorBase {
        private @Nullable ActivityExecutionContext context;

        Checked(ActivityInboundCallsInterceptor next) {
            super(next);
        }

        @Override
        public void init(ActivityExecutionContext context) {
            this.context = context;
            super.init(context);
        }

        @Override
        public ActivityOutput execute(ActivityInput input) {
            ActivityExecutionContext known = Objects.requireNonNull(context);
            ActivityInfo info = known.getInfo();
            String type = info.getActivityType();
            if (OPEN.contains(type) || !queues.contains(info.getActivityTaskQueue())) {
                return super.execute(input);
            }
            try {
                Object[] arguments = input.getArguments();
                Authority own = authority.get();
                ParentWorkflowCheck lineage = new ParentWorkflowCheck(known.getWorkflowClient(), info, verified);
                if (type.equals(RESOLVE)) {
                    ownRun(arguments, info);
                } else {
                    check(own, type, arguments, lineage);
                }
                ActivityOutput output = super.execute(input);
                return new ActivityOutput(sealed(own, arguments, output.getResult()));
            } catch (StageProblem refused) {
                throw refused.type().of(String.valueOf(refused.getMessage()));
            } catch (IOException | RuntimeException problem) {
                throw Failures.of(problem);
            }
        }
    }

    /** Requires that a run asks only for its own ticket, or for that of rows that it prepares. */
    private static void ownRun(Object[] arguments, ActivityInfo info) {
        String own = String.valueOf(info.getWorkflowRunId());
        for (Object argument : arguments) {
            if (argument instanceof String runId && !runId.equals(own) && !runId.startsWith(own + "/")) {
                throw denied("a run may read only its own pipeline file, not that of run " + runId);
            }
        }
    }

    private static void check(Authority own, String type, @Nullable Object[] arguments, ParentWorkflowCheck lineage)
            throws IOException {
        RunRef run = run(arguments);
        if (run == null) {
            throw denied("%s was requested without a run".formatted(type));
        }
        if (run.ticket() == null && lineage.beganBefore(own.since())) {
            own.checkFolder(run); // a run of an earlier version, which had no tickets
            return;
        }
        List<Object> blocks = new ArrayList<>();
        for (Object argument : arguments) {
            if (argument instanceof RunScoped scoped) {
                blocks.addAll(scoped.specs());
            } else if (argument instanceof NotifySpec channel) {
                blocks.add(channel);
            }
        }
        own.check(run, blocks);
        if (!WATCH.contains(type)) {
            lineage.belongs(run);
        }
        if (arguments[0] instanceof DeployRequest request && arguments.length > 1) {
            if (arguments[1] instanceof ExportRef export) {
                own.mayPublish(request, export, approvals(arguments));
            } else if (arguments[1] instanceof Publication publication) {
                own.mayMove(request, publication);
            } else {
                throw denied("%s names no model".formatted(type));
            }
        }
    }

    private static List<Approval> approvals(@Nullable Object[] arguments) {
        if (arguments.length < 3 || !(arguments[2] instanceof List<?> people)) {
            return List.of();
        }
        return people.stream()
                .filter(Approval.class::isInstance)
                .map(Approval.class::cast)
                .toList();
    }

    private static @Nullable RunRef run(@Nullable Object[] arguments) {
        for (Object argument : arguments) {
            if (argument instanceof RunScoped scoped) {
                return scoped.run();
            }
            if (argument instanceof RunRef run) {
                return run;
            }
        }
        return null;
    }

    private static @Nullable Object sealed(Authority own, Object[] arguments, @Nullable Object result) {
        if (result instanceof ResolvedPipeline read) {
            return own.admitted(read);
        }
        if (result instanceof EvaluationReport report && arguments[0] instanceof EvaluateRequest request) {
            return own.sealed(request, report);
        }
        if (result instanceof CheckedAnswer checked && arguments[0] instanceof AnswerRequest request) {
            return own.sealed(request, checked);
        }
        if (result instanceof ExportRef export && arguments[0] instanceof DeployRequest request) {
            return own.sealed(request, export);
        }
        if (result instanceof Publication publication && arguments[0] instanceof DeployRequest request) {
            return own.sealed(request, publication);
        }
        if (result instanceof PipelineReport results
                && arguments[0] instanceof ResolvedPipeline present
                && arguments[1] instanceof Resume resume) {
            return own.resealed(present, resume.runId(), results);
        }
        return result;
    }

    private static StageProblem denied(String reason) {
        return new StageProblem(FailureType.POLICY_DENIED, reason);
    }
}
