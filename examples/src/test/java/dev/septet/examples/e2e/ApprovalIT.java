package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.StageStatus;
import dev.septet.workflows.WaitReason;
import dev.septet.workflows.artifact.Approval;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two people answer, one by each command line, after every worker was killed while it waited. */
@Tag("long")
class ApprovalIT {
    private static final String NAME = "asking";
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir
    private Path root = Path.of("");

    @Test
    void nothingIsPublishedBeforeTwoPeopleAgreeAndNothingAfterOneRejects() throws Exception {
        String file = Pipelines.small(12)
                .replace("method lora {", "method dora {")
                .replace("quantize int8", "approval from: 'ml-oncall', within: 20.minutes, quorum: 2");
        Workspace workspace = Workspace.in(root, NAME, 120, file);
        Path current = workspace.folder().resolve("out/current");
        Path approvers = root.resolve("approvers");
        String key = TemporalCli.sshKey(root.resolve("ben"));
        Files.writeString(approvers, "ben@ml-oncall namespaces=\"septet-approval\" %s\n".formatted(key));
        Map<String, String> people =
                Map.of("SEPTET_APPROVERS", approvers.toString(), "SEPTET_UNSIGNED_APPROVALS", "allow");
        try (DevStack stack = DevStack.start(root.resolve("state"), people, workspace.folder())) {
            WorkflowStub first = stack.begin(NAME);
            List<String> commands = waiting(stack).answers();
            stack.awaitSuccessor("light", stack.kill("light"));
            stack.awaitSuccessor("training", stack.kill("training"));
            assertThat(current).doesNotExist();

            Shell.Said shown = TemporalCli.paste(stack, "septet approve " + NAME);
            assertThat(shown.out())
                    .contains("may this model be published? It needs 2 approvals by ml-oncall until ")
                    .contains("exactMatch")
                    .contains(commands);
            assertThat(TemporalCli.paste(stack, "septet status " + NAME).out())
                    .contains("Waits    deploy: ml-oncall must approve model", commands.get(0));

            String yes = commands.get(2).replace("YOU", "Anna");
            Shell.Said stranger =
                    TemporalCli.paste(stack, yes.replaceAll("\"artifact\":\"....", "\"artifact\":\"beef"));
            assertThat(stranger.status()).as(stranger.all()).isNotZero();
            assertThat(stranger.all()).contains("the question is about model ");
            assertThat(TemporalCli.paste(stack, yes).all()).contains("1 of 2 agreed");
            Shell.Said wrong = TemporalCli.paste(stack, commands.get(0).replace("ml-oncall", "guest"));
            assertThat(wrong.status()).isEqualTo(1);
            assertThat(wrong.err()).contains("ml-oncall is asked, not 'guest'.");
            assertThat(current).doesNotExist();
            Shell.Said agreed =
                    TemporalCli.paste(stack, commands.get(0) + " --by ben --json --key " + root.resolve("ben"));
            assertThat(agreed.out()).contains("\"state\":\"APPROVED\"");

            PipelineReport report = stack.result(first, PATIENCE);
            assertThat(Objects.requireNonNull(report.deployment()).approvals())
                    .extracting(Approval::approver, Approval::signed)
                    .containsExactly(tuple("Anna", false), tuple("ben", true));
            assertThat(current).exists();
            Path published = current.toRealPath();
            assertThat(current.resolve("adapter/adapter_config.json"))
                    .content()
                    .containsPattern("\"use_dora\" ?: ?true");
            assertThat(TemporalCli.paste(stack, commands.get(1)).err()).contains("the question is closed");

            rejected(stack);
            assertThat(current.toRealPath()).isEqualTo(published);
        }
    }

    private static void rejected(DevStack stack) throws Exception {
        WorkflowStub second = stack.begin(NAME);
        List<String> commands = waiting(stack).answers();
        assertThat(stack.status(NAME).stages().get(3).state()).isEqualTo(StageStatus.State.REUSED);
        String no = commands.get(1).replace("WHY", "it shouts") + " --by Ben";
        assertThat(TemporalCli.paste(stack, no).out()).contains("is rejected and is not published");
        assertThatThrownBy(() -> second.getResult(PipelineReport.class))
                .cause()
                .isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
                    assertThat(failure.getType()).isEqualTo("GateFailed");
                    assertThat(failure.getOriginalMessage())
                            .contains("Ben (ml-oncall) rejected model ", ": it shouts.");
                });
    }

    private static WaitReason waiting(DevStack stack) {
        return Objects.requireNonNull(await("the question")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> stack.status(NAME).waiting(), Objects::nonNull));
    }
}
