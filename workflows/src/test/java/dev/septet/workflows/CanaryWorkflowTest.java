package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.workflows.canary.CanaryFinding;
import dev.septet.workflows.canary.CanaryReading;
import dev.septet.workflows.canary.CanaryStatus;
import dev.septet.workflows.deploy.DeployWorkflow;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.sdk.v1.WorkflowMetadata;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A trial on live requests: promoted after its hold, or gone at once. The server's clock goes on while a look takes place,
 * so looks are a little more than half a minute apart.
 */
class CanaryWorkflowTest {
    private static final long HOLD_SECONDS = Duration.ofMinutes(30).toSeconds();

    private final Stack stack = new Stack(600);
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @BeforeEach
    void putAChampionInTheWay() {
        stack.activities.spec = Specs.tried(Duration.ofSeconds(HOLD_SECONDS));
        stack.activities.champion = "c".repeat(64);
    }

    @AfterEach
    void close() {
        stack.close();
    }

    @Test
    void promotesAfterTheHoldAndNoSooner() {
        stack.activities.canary = trial -> reading(60, false, false);

        PipelineReport report = stack.run("hello");

        assertThat(report.deployment()).isNotNull();
        assertThat(deployCalls())
                .startsWith("Export", "Publish", "CanaryCursor", "Challenge", "CanaryCheck")
                .endsWith("CanaryCheck", "Promote")
                .doesNotContain("RollBack");
        int looks = stack.activities.checked.size();
        assertThat(looks).isBetween(50, 60);
        assertThat(stack.activities.checked.get(looks - 1).elapsedSeconds()).isGreaterThanOrEqualTo(HOLD_SECONDS);
        assertThat(stack.activities.checked.get(0)).satisfies(trial -> {
            assertThat(trial.champion()).isEqualTo("c".repeat(64));
            assertThat(trial.cursor()).isEqualTo(100);
            assertThat(trial.looks()).isEqualTo(120);
        });
        assertThat(canary().state()).isEqualTo(CanaryStatus.State.PASSED);
        assertThat(stack.activities.calls.stream().filter("Pollers@septet"::equals))
                .as("looks for a training worker, but for the one before the first sign of life")
                .hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void theRunsPageTellsShareHoldAndChecks() {
        stack.activities.canary = trial -> {
            if (trial.elapsedSeconds() >= 600 && seen.isEmpty()) {
                seen.add(stack.status("hello").stages().get(5).detail());
                seen.add(page());
            }
            return reading(60, false, false);
        };

        stack.run("hello");

        assertThat(seen.get(0)).containsPattern("canary at 10 %, 5[789]\\d of 1,800 seconds");
        assertThat(seen.get(1))
                .contains("version `eeeeeeeeeeee` answers 10 % of the requests until 20")
                .contains("Check 19: 60 requests to the new model, 500 to the present one.")
                .contains("| failed requests | it fails | fine |");
    }

    @Test
    void rollsBackAtTheFirstLookThatProvesHarm() {
        stack.activities.canary = trial -> reading(60, trial.elapsedSeconds() >= 90, false);

        assertThatThrownBy(() -> stack.run("hello"))
                .cause()
                .isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
                    assertThat(failure.getType()).isEqualTo("CanaryFailed");
                    assertThat(failure.getOriginalMessage())
                            .isEqualTo("deploy: the new model was rolled back after 3 looks"
                                    + " at 10 % of the requests: it fails");
                });
        assertThat(deployCalls())
                .endsWith("CanaryCheck", "CanaryCheck", "CanaryCheck", "RollBack")
                .doesNotContain("Promote");
        assertThat(canary()).satisfies(status -> {
            assertThat(status.state()).isEqualTo(CanaryStatus.State.FAILED);
            assertThat(status.looks()).isEqualTo(3);
        });
    }

    @Test
    void doesNotPromoteWhatDidWorseThanAllowedByTheNumbers() {
        stack.activities.canary = trial -> reading(60, false, true);

        assertThatThrownBy(() -> stack.run("hello"))
                .cause()
                .hasMessageContaining("is not promoted after ")
                .hasMessageContaining("it fails");
        assertThat(deployCalls()).endsWith("CanaryCheck", "RollBack").doesNotContain("Promote");
    }

    @Test
    void prolongsTheHoldOnceForTooFewRequestsAndThenKeepsTheOldModel() {
        stack.activities.canary = trial -> reading(49, false, false);

        assertThatThrownBy(() -> stack.run("hello"))
                .cause()
                .hasMessageContaining("49 requests reached it in twice the hold, 50 are needed to judge it");
        assertThat(stack.activities.checked).hasSizeBetween(100, 120);
        assertThat(canary().prolonged()).isTrue();
        assertThat(deployCalls()).endsWith("RollBack");
    }

    @Test
    void promotesInTheProlongedHoldWhenEnoughCame() {
        stack.activities.canary = trial -> reading(trial.elapsedSeconds() > HOLD_SECONDS + 15 ? 50 : 10, false, false);

        assertThat(stack.run("hello").deployment()).isNotNull();
        assertThat(stack.activities.checked).hasSizeBetween(100, 120);
    }

    @Test
    void theFirstModelIsNotTried() {
        stack.activities.champion = null;

        assertThat(stack.run("hello").deployment()).isNotNull();
        assertThat(deployCalls()).doesNotContain("Challenge", "CanaryCheck");
    }

    @Test
    void cancelledItPutsTheChampionBack() {
        stack.activities.canary = trial -> {
            if (trial.elapsedSeconds() >= 60) {
                stack.server.getWorkflowClient().newUntypedWorkflowStub("hello").cancel();
                // The test server hangs when a workflow cancels an activity that has just ended.
                while (!cancelsItsCheck()) {
                    Thread.onSpinWait();
                }
            }
            return reading(60, false, false);
        };
        WorkflowStub run = stack.pipeline("hello");
        run.start(PipelineRequest.named("hello"));

        assertThatThrownBy(() -> run.getResult(PipelineReport.class)).cause().isInstanceOf(CanceledFailure.class);
        assertThat(deployCalls()).endsWith("RollBack").doesNotContain("Promote");
    }

    /** What the Web UI shows of the deployment. */
    private String page() {
        return stack.server
                .getWorkflowClient()
                .newUntypedWorkflowStub(
                        "hello/%s/deploy".formatted(stack.status("hello").runId()))
                .query("__temporal_workflow_metadata", WorkflowMetadata.class)
                .getCurrentDetails();
    }

    private CanaryStatus canary() {
        String id = "hello/%s/deploy".formatted(stack.status("hello").runId());
        return Objects.requireNonNull(stack.server
                .getWorkflowClient()
                .newWorkflowStub(DeployWorkflow.class, id)
                .canary());
    }

    private boolean cancelsItsCheck() {
        return stack
                .server
                .getWorkflowClient()
                .fetchHistory("hello/%s/deploy".formatted(stack.status("hello").runId()))
                .getEvents()
                .stream()
                .anyMatch(event -> event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED);
    }

    private List<String> deployCalls() {
        List<String> calls = stack.activities.calls.stream()
                .map(call -> call.split("@")[0])
                .filter(call -> !call.equals("Pollers"))
                .toList();
        return calls.subList(calls.indexOf("Export"), calls.size());
    }

    private static CanaryReading reading(int challenger, boolean proven, boolean worse) {
        return new CanaryReading(
                500,
                challenger,
                List.of(new CanaryFinding("failed requests", 0, 0.5, proven, proven || worse, "it fails")));
    }
}
