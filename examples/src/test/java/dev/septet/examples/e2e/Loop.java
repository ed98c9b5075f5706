package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.serving.Route;
import dev.septet.examples.traffic.Shift;
import dev.septet.workflows.FailureCauses;
import dev.septet.workflows.canary.CanaryReading;
import dev.septet.workflows.monitor.Observation;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowException;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * One pass of a pipeline's loop, from requests that drift to a route that names one model again;
 * processes are killed on the way.
 *
 * @param port at which the pipeline is served
 * @param window requests that make a look
 */
record Loop(Trials trials, int port, int window) {
    /** Workers start six times on the way, on a machine that may be busy. */
    static final Duration PATIENCE = Duration.ofMinutes(8);

    /** Answers and opinions by which a trial can be decided either way. */
    private static final int ENOUGH = 30;

    private static final Duration OFTEN = Duration.ofMillis(10);

    /** Goes through it; who is killed is dead before the transition has had its consequence. */
    void pass(KillPlan plan) throws Exception {
        drift(plan.at(Transition.DRIFT_DETECTED));
        reach(plan, Transition.RETRAINING_STARTED, () -> monitor().asksFor(retraining()));
        reach(
                plan,
                Transition.GATE_PASSED,
                () -> History.of(stack(), retraining()).completed("Evaluate") > 0);
        try (Rush rush = new Rush(trials.callers(), Shift.NONE, 1, Loop::routed)) {
            Route before = trials.route();
            reach(plan, Transition.CANARY_STARTED, () -> trials.route().challenger() != null);
            String tried = Objects.requireNonNull(trials.route().challenger()).version();
            assertThat(tried).isNotEqualTo(before.champion().version());
            if (!plan.at(Transition.CANARY_STARTED).isEmpty()) {
                standStillUntil(() -> rush.of(tried) > 0);
            }
            reach(plan, Transition.HELD, this::heard);
            standStillUntil(() -> rush.of(tried) >= ENOUGH);
            reach(plan, Transition.PROMOTED_OR_ROLLED_BACK, () -> trials.route().challenger() == null);
            assertThat(rush.of(tried)).as("answers of the model on trial").isPositive();
        }
    }

    /**
     * Whether an answer tries to route its ticket at all. Every customer judges, and by this alone:
     * how often a good model is wrong is chance, and must not decide between two passes.
     */
    private static boolean routed(Callers.Answered answer) {
        return answer.text().startsWith("{");
    }

    /** Id of the run that makes a successor. */
    String retraining() {
        return trials.pipeline() + "/retrain";
    }

    /**
     * Longer requests, until a look finds that. Freezing the workers by turns holds the very moment
     * at which its finding is written down and nobody has read it: the light worker stands still
     * before the training worker is let look.
     */
    private void drift(Collection<Victim> victims) throws Exception {
        if (victims.isEmpty()) {
            trials.callers().ask(Shift.LONGER, window + 2);
            return;
        }
        Processes processes = new Processes(stack());
        trials.callers().ask(Shift.LONGER, window - 2);
        processes.freeze("training");
        trials.callers().ask(Shift.LONGER, 4);
        do {
            processes.freeze("training");
            processes.thaw("light");
            reached("a look that is due", () -> stack().waitsFor(watch(), "Observe"));
            processes.freeze("light");
            processes.thaw("training");
            reached("what it finds", () -> !stack().waitsFor(watch(), "Observe"));
        } while (!drifted());
        assertThat(monitor().asksFor(retraining())).isFalse();
        kill(victims);
        processes.thaw("light");
    }

    private void reach(KillPlan plan, Transition at, Callable<Boolean> seen) throws IOException {
        reached(at.name(), seen);
        kill(plan.at(at));
    }

    /**
     * A trial with too few requests ends for want of them, and how long a machine takes to answer, or killed servers take to
     * come back, is its affair: so the trial's worker stands still until customers were answered.
     */
    private void standStillUntil(Callable<Boolean> answered) throws IOException {
        Processes processes = new Processes(stack());
        processes.freeze("light");
        reached("answers of the model on trial", answered);
        processes.thaw("light");
    }

    private static void reached(String what, Callable<Boolean> seen) {
        await(what)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(OFTEN)
                .ignoreExceptionsMatching(Loop::away)
                .until(seen);
    }

    /** The server, or what is asked for, is not there yet. */
    private static boolean away(Throwable problem) {
        return problem instanceof IOException
                || problem instanceof StatusRuntimeException
                || problem instanceof WorkflowException;
    }

    private void kill(Collection<Victim> victims) throws IOException {
        List<String> names =
                victims.stream().map(victim -> victim.process(port)).toList();
        new Processes(stack()).kill(names);
    }

    private boolean drifted() {
        List<Observation> looks = monitor().results("Observe", Observation.class);
        Observation last = looks.get(looks.size() - 1);
        return last.enough() && last.drifted();
    }

    private boolean heard() throws IOException {
        Route route = trials.route();
        if (route.challenger() == null) {
            throw new AssertionError("the trial ended before it was looked at: " + ended());
        }
        String run = route.challenger().runId();
        return History.of(stack(), trials.pipeline() + "/" + run + "/deploy")
                .results("CanaryCheck", CanaryReading.class)
                .stream()
                .anyMatch(reading -> reading.challenger() > 0);
    }

    private History monitor() {
        return History.of(stack(), watch());
    }

    private String watch() {
        return trials.pipeline() + "/monitor";
    }

    private DevStack stack() {
        return trials.stack();
    }

    private String ended() {
        try {
            stack().result(stack().client().newUntypedWorkflowStub(retraining()), PATIENCE);
            return "the run succeeded";
        } catch (WorkflowException failure) {
            return FailureCauses.message(failure);
        }
    }
}
