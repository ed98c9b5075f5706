package dev.septet.workers.server;

import dev.septet.settings.Setting;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** {@code temporal} on the user's {@code PATH}. */
record PathBinary(Map<String, String> environment) implements BinarySource {
    @Override
    public Optional<Path> find(Consumer<String> notes) {
        for (String folder : Setting.PATH.text(environment).split(File.pathSeparator)) {
            if (folder.isEmpty()) {
                continue;
            }
            Path candidate = Path.of(folder, "temporal");
            if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                Command.Result answer = Command.run(List.of(candidate.toString(), "--version"), Duration.ofSeconds(10));
                if (answer.ok() && answer.output().contains("temporal version")) {
                    return Optional.of(candidate.toAbsolutePath());
                }
                notes.accept(candidate + " does not answer as Temporal's CLI; it is not used");
            }
        }
        return Optional.empty();
    }
}
