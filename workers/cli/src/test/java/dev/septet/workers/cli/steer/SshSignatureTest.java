package dev.septet.workers.cli.steer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workflows.approval.SignedText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that OpenSSH's agent signs. */
class SshSignatureTest {
    private static final String TEXT = "septet answer 1";

    @TempDir
    Path folder;

    private String agent = "";
    private Map<String, String> environment = Map.of();

    @BeforeEach
    void startTheAgent() throws Exception {
        String said =
                output(List.of("ssh-agent", "-s", "-a", folder.resolve("agent").toString()), "");
        Matcher pid = Pattern.compile("SSH_AGENT_PID=(\\d+)").matcher(said);
        assertThat(pid.find()).as(said).isTrue();
        agent = pid.group(1);
        environment = Map.of("SSH_AUTH_SOCK", folder.resolve("agent").toString());
    }

    @AfterEach
    void endTheAgent() {
        ProcessHandle.of(Long.parseLong(agent)).ifPresent(ProcessHandle::destroy);
    }

    @Test
    void theAgentSignsWithAKeyThatNoFileHolds() throws Exception {
        Path key = folder.resolve("anna");
        output(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()), "");
        output(List.of("ssh-add", "-q", key.toString()), "");
        Files.delete(key);
        Path open = folder.resolve("anna.pub");

        String signature = SshSignature.of(open, TEXT, environment);

        Path armoured = Files.writeString(folder.resolve("signature"), signature);
        Path signers = Files.writeString(folder.resolve("signers"), "anna " + Files.readString(open));
        List<String> verify = List.of(
                "ssh-keygen",
                "-Y",
                "verify",
                "-f",
                signers.toString(),
                "-I",
                "anna",
                "-n",
                SignedText.NAMESPACE,
                "-s",
                armoured.toString());
        assertThat(output(verify, TEXT)).contains("Good");
        assertThat(output(verify, TEXT + "!")).doesNotContain("Good");
    }

    @Test
    void aKeyThatTheAgentDoesNotHoldIsNamed() throws Exception {
        Path key = folder.resolve("bob");
        output(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()), "");
        Files.delete(key);
        Path open = folder.resolve("bob.pub");

        assertThatThrownBy(() -> SshSignature.of(open, TEXT, environment))
                .isInstanceOf(CliProblem.class)
                .hasMessage("ssh-keygen did not sign with %s.", open);
    }

    /** What a program writes, to both of its outputs. */
    private String output(List<String> command, String input) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }
}
