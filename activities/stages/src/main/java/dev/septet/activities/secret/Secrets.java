package dev.septet.activities.secret;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SecretRef;
import dev.septet.settings.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The values of secrets, each with the pipelines that may use it. A secret is the environment
 * variable {@code SEPTET_SECRET_<NAME>}, else a line of the file that {@code SEPTET_SECRETS} names.
 * No other environment variable is ever read, because a pipeline file may come from anyone. A value
 * is read when it is used, and never stored.
 *
 * <pre>
 * SEPTET_SECRET_HOOK_KEY=...            HOOK_KEY=...
 * SEPTET_SECRET_HOOK_KEY_PIPELINES=a,b  HOOK_KEY.pipelines=a,b
 * </pre>
 */
public final class Secrets {

    /** All pipelines of the catalogue. */
    static final String ALL = "*";

    private static final String PREFIX = Setting.SECRET.prefix();
    private static final String LIST = Setting.SECRET_PIPELINES.suffix();
    private static final String FILE_LIST = ".pipelines";

    private static final Set<PosixFilePermission> OTHERS = Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private final Map<String, String> environment;

    public Secrets(Map<String, String> environment) {
        this.environment = environment;
    }

    /** A value, and the text that names the pipelines that may use it; null = none are named. */
    private record Entry(String value, @Nullable String pipelines) {}

    /**
     * The value of a secret.
     *
     * @param pipeline the pipeline that uses it
     * @throws StageProblem naming the secret, never a value, when this worker does not have it or
     *     the operator does not allow this pipeline to use it
     */
    public Secret value(SecretRef ref, String pipeline) {
        String name = ref.name().startsWith(PREFIX) ? ref.name().substring(PREFIX.length()) : ref.name();
        if (name.endsWith(LIST)) {
            throw StageProblem.invalid(
                    "%s is not a secret: names that end in %s list the permitted pipelines".formatted(name, LIST));
        }
        Entry entry = inEnvironment(name);
        boolean present = entry != null;
        if (entry == null) {
            entry = inFile(name);
        }
        if (entry == null || entry.value().isBlank()) {
            throw StageProblem.invalid(
                    "this worker has no secret %s; set the environment variables %s%s and %s%s%s=%s (a variable that is called just %s is not read), or add the lines %s=... and %s%s=%s to the file that %s names"
                            .formatted(
                                    name,
                                    PREFIX,
                                    name,
                                    PREFIX,
                                    name,
                                    LIST,
                                    pipeline,
                                    name,
                                    name,
                                    name,
                                    FILE_LIST,
                                    pipeline,
                                    Setting.SECRETS.variable()));
        }
        if (!allows(entry.pipelines(), pipeline)) {
            throw StageProblem.invalid("pipeline '%s' may not use the secret %s; the operator names who may, in %s"
                    .formatted(
                            pipeline,
                            name,
                            present
                                    ? "the environment variable " + PREFIX + name + LIST
                                    : "the line %s%s=... of the secrets file".formatted(name, FILE_LIST)));
        }
        return new Secret(name, entry.value());
    }

    private static boolean allows(@Nullable String pipelines, String pipeline) {
        if (pipelines == null) {
            return false;
        }
        List<String> named =
                Arrays.stream(pipelines.split(",")).map(String::strip).toList();
        return named.contains(pipeline) || (named.contains(ALL) && pipeline.matches(PipelineSpec.NAME_PATTERN));
    }

    private @Nullable Entry inEnvironment(String name) {
        String value = Setting.SECRET.value(name, environment);
        return value == null ? null : new Entry(value, Setting.SECRET_PIPELINES.value(name, environment));
    }

    private @Nullable Entry inFile(String name) {
        String written = Setting.SECRETS.value(environment);
        if (written == null || written.isBlank()) {
            return null;
        }
        try {
            Path file = Path.of(written);
            refuseIfOthersMayRead(file);
            Map<String, String> lines = new LinkedHashMap<>();
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                int equals = line.indexOf('=');
                if (equals > 0 && !line.startsWith("#")) {
                    lines.putIfAbsent(
                            line.substring(0, equals),
                            line.substring(equals + 1).strip());
                }
            }
            String value = lines.get(name);
            return value == null ? null : new Entry(value, lines.get(name + FILE_LIST));
        } catch (IOException | InvalidPathException e) {
            throw StageProblem.invalid("the secrets file '%s' that %s names cannot be read"
                    .formatted(written, Setting.SECRETS.variable()));
        }
    }

    private static void refuseIfOthersMayRead(Path file) throws IOException {
        if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        if (Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
            throw StageProblem.invalid(
                    "other users may read the secrets file '%s'; run: chmod 600 %s".formatted(file, file));
        }
    }

    /** A secret's value; its text form does not contain it, so that no log shows it by accident. */
    public record Secret(String name, String value) {
        @Override
        public String toString() {
            return "secret " + name;
        }
    }
}
