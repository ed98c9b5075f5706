package dev.septet.activities.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.UUID;

/** A file with a random id, which the first of several workers creates. */
public record IdFile(Path file) {
    private static final Duration COPY = Duration.ofSeconds(10);

    /** The id, the same for all workers that share the file. */
    public String id() throws IOException {
        if (Files.notExists(file)) {
            create();
        }
        long until = System.nanoTime() + COPY.toNanos();
        String id = read();
        while (id.isEmpty() && System.nanoTime() - until < 0) {
            Disk.pause(COPY.toMillis() / 100, "another worker writes its id");
            id = read();
        }
        if (id.isEmpty()) {
            throw new IOException("the file %s is empty; delete it, and it is created again".formatted(file));
        }
        return id;
    }

    private void create() throws IOException {
        Path fresh = file.resolveSibling("%s.%s.new".formatted(file.getFileName(), UUID.randomUUID()));
        FileModes.OWNER.write(fresh, UUID.randomUUID() + "\n");
        try {
            link(fresh);
        } catch (FileAlreadyExistsException other) {
            // another worker was first
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private void link(Path fresh) throws IOException {
        try {
            Files.createLink(file, fresh);
        } catch (FileAlreadyExistsException other) {
            throw other;
        } catch (UnsupportedOperationException | IOException noLinks) {
            copy(fresh);
        }
    }

    /** For file systems without links. */
    void copy(Path fresh) throws IOException {
        Files.copy(fresh, file, StandardCopyOption.COPY_ATTRIBUTES);
    }

    private String read() throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8).strip();
    }
}
