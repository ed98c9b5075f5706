package dev.septet.workers.server;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.septet.activities.store.FileModes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** Where a server that Septet started is written down, for the next command. */
public record ServerFile(Path path) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * What is written.
     *
     * @param owner id of the process that keeps the server running
     */
    private record Entry(ServerRef server, long owner) {}

    /** Beside it: how a client reaches the server. */
    Path profile() {
        return path.resolveSibling("server.toml");
    }

    /** The server written down last; it may be gone. */
    public Optional<ServerRef> read() {
        return entry().map(Entry::server);
    }

    /** The server whose owner lives: if it does not answer, it is about to be started again. */
    public Optional<ServerRef> owned() {
        return entry().filter(entry -> ProcessHandle.of(entry.owner())
                        .filter(ProcessHandle::isAlive)
                        .isPresent())
                .map(Entry::server);
    }

    /** Writes down a server that this process keeps running. */
    public void write(ServerRef server) throws IOException {
        write(server, ProcessHandle.current().pid());
    }

    void write(ServerRef server, long owner) throws IOException {
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        FileModes.OWNER.write(fresh, JSON.writeValueAsString(new Entry(server, owner)) + "\n");
        Files.move(fresh, path, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Forgets it. */
    public void delete() throws IOException {
        Files.deleteIfExists(path);
    }

    private Optional<Entry> entry() {
        try {
            return Optional.of(JSON.readValue(Files.readString(path), Entry.class));
        } catch (IOException none) {
            return Optional.empty();
        }
    }
}
