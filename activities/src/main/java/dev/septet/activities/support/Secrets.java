package dev.septet.activities.support;

import dev.septet.dsl.spec.SecretRef;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Set;

/**
 * The values of secrets, which this worker alone knows: from its environment, else from the file
 * that {@code SEPTET_SECRETS} names, one {@code NAME=value} a line. A value is asked for where it
 * is used and kept nowhere.
 */
public final class Secrets {
    /** Environment variable with the secrets file's path. */
    public static final String FILE = "SEPTET_SECRETS";

    private static final Set<PosixFilePermission> OTHERS =
            Set.of(
                    PosixFilePermission.GROUP_READ,
                    PosixFilePermission.GROUP_WRITE,
                    PosixFilePermission.OTHERS_READ,
                    PosixFilePermission.OTHERS_WRITE);

    private final Map<String, String> environment;

    public Secrets(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * The value.
     *
     * @throws StageProblem naming the secret, never a value, when this worker has none
     */
    public Secret value(SecretRef ref) {
        String value = environment.get(ref.name());
        if (value == null) {
            value = fromFile(ref.name());
        }
        if (value == null || value.isBlank()) {
            throw StageProblem.invalid(
                    "this worker has no secret %s; set the environment variable %s, or add a line %s=... to the file that %s names"
                            .formatted(ref.name(), ref.name(), ref.name(), FILE));
        }
        return new Secret(ref.name(), value);
    }

    private @Nullable String fromFile(String name) {
        String written = environment.get(FILE);
        if (written == null) {
            return null;
        }
        try {
            Path file = Path.of(written);
            refuseIfOthersMayRead(file);
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                if (line.startsWith(name + "=")) {
                    return line.substring(name.length() + 1).strip();
                }
            }
            return null;
        } catch (IOException | InvalidPathException e) {
            throw StageProblem.invalid(
                    "the secrets file '%s' that %s names cannot be read".formatted(written, FILE));
        }
    }

    private static void refuseIfOthersMayRead(Path file) throws IOException {
        if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        if (Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
            throw StageProblem.invalid(
                    "the secrets file '%s' may be read by others; make it yours alone: chmod 600"
                            .formatted(file));
        }
    }

    /** A secret's value, which no log shows by accident. */
    public record Secret(String name, String value) {
        @Override
        public String toString() {
            return "secret " + name;
        }
    }
}
