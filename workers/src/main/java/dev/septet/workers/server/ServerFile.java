package dev.septet.workers.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** Where a server that Septet started is written down, for the next command. */
public record ServerFile(Path path) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** The server written down last; it may be gone. */
    public Optional<ServerRef> read() {
        try {
            return Optional.of(JSON.readValue(Files.readString(path), ServerRef.class));
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    /** Writes it down. */
    public void write(ServerRef server) throws IOException {
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        Files.writeString(fresh, json(server));
        Files.move(fresh, path, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Forgets it. */
    public void delete() throws IOException {
        Files.deleteIfExists(path);
    }

    private static String json(ServerRef server) throws JsonProcessingException {
        return JSON.writeValueAsString(server) + "\n";
    }
}
