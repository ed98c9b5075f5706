package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.serving.Route;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.LocalStore;
import dev.septet.examples.traffic.Shift;
import dev.septet.workflows.PipelineReport;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** Who answers a served pipeline's customers, by its route and by the answers they get. */
record Trials(DevStack stack, Callers callers, String pipeline) {
    static final Duration PATIENCE = Duration.ofMinutes(8);
    private static final int AFTER = 30;

    /** Waits until a run's model is tried beside this champion; its version. */
    String begun(WorkflowStub run, String champion) {
        Route route = await("the trial")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .failFast("the run ended without one", () -> ended(run))
                .until(this::route, now -> now.challenger() != null);
        assertThat(route.champion().version()).isEqualTo(champion);
        Variant challenger = Objects.requireNonNull(route.challenger());
        return challenger.version();
    }

    /** The run ends because live requests proved that its model harms. */
    void rolledBack(WorkflowStub run) {
        assertThatThrownBy(() -> stack.result(run, PATIENCE))
                .rootCause()
                .isInstanceOfSatisfying(
                        ApplicationFailure.class,
                        failure -> assertThat(failure.getType()).isEqualTo("CanaryFailed"))
                .hasMessageContainingAll("was rolled back", "negative feedback");
    }

    /** The route names one model, and it answers all who ask from now on. */
    void onlyOne(Shift shift, String version) throws Exception {
        Route route = route();
        assertThat(route.champion().version()).isEqualTo(version);
        assertThat(route.challenger()).isNull();
        awaitServed(version);
        assertThat(callers.ask(shift, AFTER))
                .allMatch(answer -> answer.version().equals(version))
                .allMatch(answer -> answer.arm().equals("champion"));
    }

    /** Waits until the server offers this version and no other. */
    void awaitServed(String version) {
        await("the server to offer " + version)
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(callers::models, names -> versions(names).equals(List.of(version)));
    }

    /** Of the model that a run has published. */
    static String version(PipelineReport report) {
        return Objects.requireNonNull(report.deployment()).artifact().sha256().substring(0, 12);
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static boolean ended(WorkflowStub run) {
        return run.describe().getStatus() != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    }

    private List<String> versions(List<String> names) {
        return names.stream()
                .filter(name -> name.startsWith(pipeline + "@"))
                .map(name -> name.substring(pipeline.length() + 1))
                .toList();
    }

    /** Who answers now. */
    Route route() throws IOException {
        return new Routes(new LocalStore(stack.state().resolve("store")))
                .route(pipeline)
                .orElseThrow();
    }
}
