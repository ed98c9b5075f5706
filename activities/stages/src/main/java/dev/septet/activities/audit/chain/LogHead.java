package dev.septet.activities.audit.chain;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.store.Disk;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The number and digest of the line that was last when the log was last forced to the device. They
 * are stored beside the log. If the log ends before this line, it was truncated.
 */
public record LogHead(long sequence, String sha256) {
    private static final String NAME = "head.json";

    public static Optional<LogHead> in(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(SpecJson.mapper().readValue(Files.readAllBytes(file), LogHead.class));
        } catch (JsonProcessingException damaged) {
            return Optional.empty();
        }
    }

    public void write(Path folder, Disk disk) throws IOException {
        Path coming = folder.resolve(NAME + ".new");
        disk.write(coming, SpecJson.mapper().writeValueAsBytes(this));
        disk.move(coming, folder.resolve(NAME));
    }
}
