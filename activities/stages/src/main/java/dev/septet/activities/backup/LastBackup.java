package dev.septet.activities.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.store.Disk;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The last complete backup of a state folder, as the state folder remembers it.
 *
 * @param id id of the backup
 * @param created when it began, in ISO 8601
 * @param to the folder or bucket that has it
 */
public record LastBackup(String id, String created, String to) {
    public LastBackup {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(created, "created");
        Objects.requireNonNull(to, "to");
    }

    /**
     * Reads what {@link #write} has written.
     *
     * @return empty if the file does not exist
     * @throws IOException if the file cannot be read or is damaged
     */
    public static Optional<LastBackup> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            LastBackup last = SpecJson.mapper().readValue(Files.readAllBytes(file), LastBackup.class);
            last.begin();
            return Optional.of(last);
        } catch (JsonProcessingException | DateTimeException damaged) {
            throw new IOException(file + " is damaged", damaged);
        }
    }

    /** Replaces the file at once. */
    public void write(Path file) throws IOException {
        Disk disk = new Disk();
        Path part = file.resolveSibling(file.getFileName() + ".part");
        disk.write(part, SpecJson.mapper().writeValueAsBytes(this));
        disk.move(part, file);
    }

    /** When it began. */
    public Instant begin() {
        return Instant.parse(created);
    }
}
