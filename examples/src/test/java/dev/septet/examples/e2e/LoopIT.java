package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.examples.traffic.Shift;
import dev.septet.workflows.monitor.MonitorStatus;
import dev.septet.workflows.monitor.MonitorWorkflow;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Drift, retraining, gate, canary and what comes of it, with requests as customers send them: a
 * good successor answers everybody, a bad one nobody.
 */
@Tag("long")
class LoopIT {
    private static final String NAME = "loop";
    private static final int ROWS = 240;
    private static final int WINDOW = 40;
    private static final int TRIED = 20;

    @TempDir
    static Path root;

    @Test
    void driftMakesASuccessorThatTheCanaryPromotesAndHarmIsRolledBack() throws Exception {
        int port = Trials.freePort();
        Workspace workspace = Workspace.in(root, NAME, ROWS, Pipelines.looping(60, port));
        Callers callers = new Callers("http://127.0.0.1:" + port, NAME, root.resolve("state"));
        try (DevStack stack = DevStack.start(root.resolve("state"), workspace.folder())) {
            Trials trials = new Trials(stack, callers, NAME);
            String first = Trials.version(stack.result(stack.begin(NAME), Trials.PATIENCE));
            trials.awaitServed(first);
            asEver(stack, callers, first);
            String second = drift(trials, first);
            workspace.mislabel();
            harm(trials, second);
        }
    }

    /** Requests like those of the training: everybody gets the champion, and nothing starts. */
    private static void asEver(DevStack stack, Callers callers, String champion) throws Exception {
        List<Callers.Answered> answers = callers.ask(Shift.NONE, WINDOW);
        assertThat(answers).allMatch(answer -> answer.version().equals(champion));
        assertThat(answers).allMatch(answer -> answer.arm().equals("champion"));
        assertThat(answers).filteredOn(Callers.Answered::usable).hasSizeGreaterThan(WINDOW / 2);
        for (Callers.Answered answer : answers) {
            callers.judge(answer);
        }
        MonitorStatus calm = await("a look at them")
                .atMost(Trials.PATIENCE)
                .ignoreExceptions()
                .until(() -> monitor(stack), status -> status.windows() >= 1);
        assertThat(calm.alarm().raised()).isFalse();
        assertThat(calm.retraining()).isNull();
        Shell.Said reviewed = Shell.run(
                root,
                DevStack.environment(stack.state()),
                Workspace.CHECKOUT.resolve("septet").toString(),
                "review",
                NAME,
                "--accept-all");
        assertThat(reviewed.status()).as(reviewed.all()).isZero();
    }

    /** Longer requests: the retraining learns the reviewed corrections too, and is promoted. */
    private static String drift(Trials trials, String champion) throws Exception {
        DevStack stack = trials.stack();
        try (Rush rush = new Rush(trials.callers(), Shift.LONGER)) {
            String id = await("the retraining")
                    .atMost(Trials.PATIENCE)
                    .until(() -> monitor(stack).retraining(), Objects::nonNull);
            WorkflowStub retraining = stack.client().newUntypedWorkflowStub(id);
            String tried = trials.begun(retraining, champion);
            String next = Trials.version(stack.result(retraining, Trials.PATIENCE));
            assertThat(next).isEqualTo(tried);
            assertThat(rush.answers())
                    .filteredOn(answer -> answer.arm().equals("challenger"))
                    .hasSizeGreaterThanOrEqualTo(TRIED)
                    .allMatch(answer -> answer.version().equals(next));
            assertThat(rush.failures()).isEmpty();
            trials.onlyOne(Shift.LONGER, next);
            return next;
        }
    }

    /** Wrong labels: the gate, which knows no others, says yes, but customers are not helped. */
    private static void harm(Trials trials, String champion) throws Exception {
        try (Rush rush = new Rush(trials.callers(), Shift.LONGER)) {
            WorkflowStub run = trials.stack().begin("harm", NAME);
            String bad = trials.begun(run, champion);
            trials.rolledBack(run);
            assertThat(rush.of(bad)).as("answers of the bad model").isPositive();
            assertThat(rush.failures()).isEmpty();
            trials.onlyOne(Shift.LONGER, champion);
        }
    }

    private static MonitorStatus monitor(DevStack stack) {
        return stack.client()
                .newWorkflowStub(MonitorWorkflow.class, NAME + "/monitor")
                .status();
    }
}
