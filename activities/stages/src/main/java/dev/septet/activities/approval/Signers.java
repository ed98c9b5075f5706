package dev.septet.activities.approval;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.settings.Setting;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.approval.SignedText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Checks signatures with OpenSSH itself against a file of allowed signers. So every key type and
 * file option has exactly OpenSSH's meaning.
 */
record Signers(Path file) {
    private static final int LONGEST = 8192;
    private static final long SECONDS = 10;
    private static final String BEGIN = "-----BEGIN SSH SIGNATURE-----";

    /**
     * Checks that the identity's key signed the text.
     *
     * @param identity {@code PERSON@ROLE}
     * @throws StageProblem REFUSED otherwise
     */
    void check(String identity, String text, String signature) throws IOException, InterruptedException {
        refuseIfOthersMayWrite();
        if (signature.length() > LONGEST || !signature.strip().startsWith(BEGIN)) {
            throw refused("the signature is not an OpenSSH signature, as `ssh-keygen -Y sign` writes it");
        }
        Path written = Files.createTempFile("septet-", ".sig");
        try {
            Files.writeString(written, signature.strip() + "\n");
            ProcessBuilder builder = new ProcessBuilder(List.of(
                            "ssh-keygen",
                            "-Y",
                            "verify",
                            "-f",
                            file.toString(),
                            "-I",
                            identity,
                            "-n",
                            SignedText.NAMESPACE,
                            "-s",
                            written.toString()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().keySet().retainAll(Set.of("PATH"));
            if (run(builder, text) != 0) {
                throw refused(
                        "this is not a signature of this answer by a key that this worker's operator allows for %s"
                                .formatted(identity));
            }
        } finally {
            Files.deleteIfExists(written);
        }
    }

    private static int run(ProcessBuilder builder, String text) throws IOException, InterruptedException {
        Process process;
        try {
            process = builder.start();
        } catch (IOException none) {
            throw new StageProblem(
                    FailureType.REFUSED,
                    "this worker has no ssh-keygen to check signatures: its operator must install"
                            + " OpenSSH's client",
                    none);
        }
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(text.getBytes(StandardCharsets.UTF_8));
            } catch (IOException notRead) {
                // The process has refused already; its exit status decides.
            }
            return process.waitFor(SECONDS, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } finally {
            process.destroyForcibly();
        }
    }

    private void refuseIfOthersMayWrite() throws IOException {
        if (!Files.isRegularFile(file)) {
            throw refused(
                    "the file of allowed signers that %s names does not exist; this worker's operator must create it"
                            .formatted(Setting.APPROVERS.variable()));
        }
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
            if (mode.contains(PosixFilePermission.GROUP_WRITE) || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw refused("the file of allowed signers that %s names may be written by others: chmod go-w"
                        .formatted(Setting.APPROVERS.variable()));
            }
        }
    }

    private static StageProblem refused(String reason) {
        return new StageProblem(FailureType.REFUSED, reason);
    }
}
