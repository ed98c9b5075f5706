package dev.septet.workers.server;

import dev.septet.settings.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The executable that {@code SEPTET_TEMPORAL_CLI} names. */
record NamedBinary(Map<String, String> environment) implements BinarySource {

    @Override
    public Optional<Path> find(Consumer<String> notes) {
        String named = Setting.TEMPORAL_CLI.value(environment);
        if (named == null || named.isBlank()) {
            return Optional.empty();
        }
        Path path = Path.of(named);
        if (!Files.isExecutable(path) || Files.isDirectory(path)) {
            throw new ServerProblem("%s names %s, which is not an executable file. Correct it or unset it."
                    .formatted(Setting.TEMPORAL_CLI.variable(), named));
        }
        return Optional.of(path.toAbsolutePath());
    }
}
