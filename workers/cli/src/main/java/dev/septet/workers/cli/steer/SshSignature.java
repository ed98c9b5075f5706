package dev.septet.workers.cli.steer;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workflows.approval.SignedText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Signs a text with a person's SSH key. It runs OpenSSH, which prompts for a passphrase or for a
 * touch of the security key.
 */
final class SshSignature {
    private SshSignature() {}

    /**
     * The armoured signature.
     *
     * @param key file of a private key, or of a public key whose private key the agent holds
     * @param environment environment of OpenSSH, with the agent's address
     * @throws CliProblem when OpenSSH does not sign; OpenSSH prints the reason on the terminal
     */
    static String of(Path key, String text, Map<String, String> environment) throws IOException, InterruptedException {
        if (!Files.isRegularFile(key)) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND, "there is no SSH key %s. Give the file of a key with --key.".formatted(key));
        }
        Process process;
        try {
            ProcessBuilder openSsh = new ProcessBuilder(
                            List.of("ssh-keygen", "-Y", "sign", "-f", key.toString(), "-n", SignedText.NAMESPACE))
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            openSsh.environment().putAll(environment);
            process = openSsh.start();
        } catch (IOException none) {
            throw new CliProblem(
                    ExitCode.USAGE, "ssh-keygen is not found: it signs answers. Install OpenSSH's client.");
        }
        try (OutputStream in = process.getOutputStream()) {
            in.write(text.getBytes(StandardCharsets.UTF_8));
        }
        String signature = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0 || signature.isBlank()) {
            throw new CliProblem(ExitCode.RUN_FAILED, "ssh-keygen did not sign with %s.".formatted(key));
        }
        return signature;
    }
}
