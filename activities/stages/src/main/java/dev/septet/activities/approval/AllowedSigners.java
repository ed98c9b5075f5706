package dev.septet.activities.approval;

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
 * Checks signatures with OpenSSH itself against a file of allowed signers. So every key type and file option has exactly
 * OpenSSH's meaning.
 *
 * @param file OpenSSH's file of allowed signers
 * @param namespace what a signature is for, as in {@code ssh-keygen -Y sign -n}
 */
public record AllowedSigners(Path file, String namespace) {
    private static final int LONGEST = 8192;
    private static final long SECONDS = 10;
    private static final String BEGIN = "-----BEGIN SSH SIGNATURE-----";

    /** A check that cannot be made, because of the file or because OpenSSH is not installed. The message does not name the file. */
    public static final class Unusable extends Exception {
        Unusable(String reason) {
            super(reason);
        }
    }

    /** Whether a text has the form of a signature. */
    public static boolean isSignature(String signature) {
        return signature.length() <= LONGEST && signature.strip().startsWith(BEGIN);
    }

    /**
     * Whether a key that the file allows for the identity signed the text.
     *
     * @throws Unusable when the file does not exist or others may write it, or when there is no ssh-keygen
     */
    public boolean signed(String identity, String text, String signature)
            throws IOException, InterruptedException, Unusable {
        requireOwnersFile();
        if (!isSignature(signature)) {
            return false;
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
                            namespace,
                            "-s",
                            written.toString()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().keySet().retainAll(Set.of("PATH"));
            return run(builder, text) == 0;
        } finally {
            Files.deleteIfExists(written);
        }
    }

    private static int run(ProcessBuilder builder, String text) throws IOException, InterruptedException, Unusable {
        Process process;
        try {
            process = builder.start();
        } catch (IOException none) {
            throw new Unusable("there is no ssh-keygen to check signatures: install OpenSSH's client");
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

    private void requireOwnersFile() throws IOException, Unusable {
        if (!Files.isRegularFile(file)) {
            throw new Unusable("the file of allowed signers does not exist: create it");
        }
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
            if (mode.contains(PosixFilePermission.GROUP_WRITE) || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new Unusable("the file of allowed signers may be written by others: chmod go-w");
            }
        }
    }
}
