package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.serving.Route;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.store.LocalStore;
import dev.septet.examples.traffic.Shift;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.monitor.MonitorStatus;
import dev.septet.workflows.monitor.MonitorWorkflow;

import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Drift, retraining, gate, canary and what comes of it, with requests as customers send them: a
 * good successor answers everybody, a bad one nobody.
 */
class LoopIT {
    private static final String NAME = "loop";
    private static final int ROWS = 240;
    private static final int WINDOW = 40;
    private static final int AFTER = 30;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir static Path root;

    @Test
    void driftMakesASuccessorThatTheCanaryPromotesAndHarmIsRolledBack() throws Exception {
        int port = freePort();
        Workspace workspace = Workspace.in(root, NAME, ROWS, Pipelines.looping(60, port));
        Callers callers = new Callers("http://127.0.0.1:" + port, NAME);
        try (DevStack stack = DevStack.start(root.resolve("state"), workspace.folder())) {
            String first = version(stack.result(stack.begin(NAME), PATIENCE));
            awaitServed(callers, first);
            asEver(stack, callers, first);
            String second = drift(stack, callers, first);
            workspace.mislabel();
            harm(stack, callers, second);
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
        MonitorStatus calm =
                await("a look at them")
                        .atMost(PATIENCE)
                        .ignoreExceptions()
                        .until(() -> monitor(stack), status -> status.windows() >= 1);
        assertThat(calm.alarm().raised()).isFalse();
        assertThat(calm.retraining()).isNull();
        Shell.Said reviewed =
                Shell.run(
                        root,
                        DevStack.environment(stack.state()),
                        Workspace.CHECKOUT.resolve("septet").toString(),
                        "review",
                        NAME,
                        "--accept-all");
        assertThat(reviewed.status()).as(reviewed.all()).isZero();
    }

    /** Longer requests: the retraining learns the reviewed corrections too, and is promoted. */
    private static String drift(DevStack stack, Callers callers, String champion) throws Exception {
        try (Rush rush = new Rush(callers, Shift.LONGER)) {
            String retraining =
                    await("the retraining")
                            .atMost(PATIENCE)
                            .until(() -> monitor(stack).retraining(), Objects::nonNull);
            Route trial = trial(stack);
            assertThat(trial.champion().version()).isEqualTo(champion);
            PipelineReport report =
                    stack.result(stack.client().newUntypedWorkflowStub(retraining), PATIENCE);
            String next = version(report);
            assertThat(next).isEqualTo(Objects.requireNonNull(trial.challenger()).version());
            assertThat(rush.answers())
                    .filteredOn(answer -> answer.arm().equals("challenger"))
                    .hasSizeGreaterThanOrEqualTo(20)
                    .allMatch(answer -> answer.version().equals(next));
            assertThat(rush.failures()).isEmpty();
            onlyOne(stack, callers, next);
            return next;
        }
    }

    /** Wrong labels: the gate, which knows no others, says yes, but customers are not helped. */
    private static void harm(DevStack stack, Callers callers, String champion) throws Exception {
        try (Rush rush = new Rush(callers, Shift.LONGER)) {
            WorkflowStub run = stack.begin("harm", NAME);
            Route trial = trial(stack);
            assertThat(trial.champion().version()).isEqualTo(champion);
            String bad = Objects.requireNonNull(trial.challenger()).version();
            assertThatThrownBy(() -> stack.result(run, PATIENCE))
                    .hasRootCauseInstanceOf(ApplicationFailure.class)
                    .rootCause()
                    .satisfies(
                            failure ->
                                    assertThat(((ApplicationFailure) failure).getType())
                                            .isEqualTo("CanaryFailed"))
                    .hasMessageContainingAll("was rolled back", "negative feedback");
            assertThat(rush.of(bad)).as("answers of the bad model").isPositive();
            assertThat(rush.failures()).isEmpty();
            onlyOne(stack, callers, champion);
        }
    }

    /** The route names one model, and it answers all who ask from now on. */
    private static void onlyOne(DevStack stack, Callers callers, String version) throws Exception {
        Route route = route(stack);
        assertThat(route.champion().version()).isEqualTo(version);
        assertThat(route.challenger()).isNull();
        awaitServed(callers, version);
        assertThat(callers.ask(Shift.LONGER, AFTER))
                .allMatch(answer -> answer.version().equals(version))
                .allMatch(answer -> answer.arm().equals("champion"));
    }

    private static void awaitServed(Callers callers, String version) {
        await("the server to see it")
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(callers::models, names -> versions(names).equals(List.of(version)));
    }

    private static List<String> versions(List<String> names) {
        return names.stream()
                .filter(name -> name.startsWith(NAME + "@"))
                .map(name -> name.substring(NAME.length() + 1))
                .toList();
    }

    private static Route trial(DevStack stack) {
        return await("the trial")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> route(stack), route -> route.challenger() != null);
    }

    private static Route route(DevStack stack) throws IOException {
        return new Routes(new LocalStore(stack.state().resolve("store"))).route(NAME).orElseThrow();
    }

    private static MonitorStatus monitor(DevStack stack) {
        return stack.client().newWorkflowStub(MonitorWorkflow.class, NAME + "/monitor").status();
    }

    private static String version(PipelineReport report) {
        return Objects.requireNonNull(report.deployment()).artifact().sha256().substring(0, 12);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
