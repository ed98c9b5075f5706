package dev.septet.workers.server;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.septet.activities.store.FileModes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The file that records a server that Septet started, for later commands. */
public record ServerFile(Path path) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * The file's content.
     *
     * @param owner id of the process that keeps the server running
     */
    private record Entry(ServerRef server, long owner) {}

    /** The profile beside it, with which a client connects to the server. */
    Path profile() {
        return path.resolveSibling("server.toml");
    }

    /** The server that was recorded last. It may have ended. */
    public Optional<ServerRef> read() {
        return entry().map(Entry::server);
    }

    /**
     * The recorded server, if its owner process is alive. If that server does not answer, its owner
     * is about to restart it.
     */
    public Optional<ServerRef> owned() {
        return entry().filter(entry -> ProcessHandle.of(entry.owner())
                        .filter(ProcessHandle::isAlive)
                        .isPresent())
                .map(Entry::server);
    }

    /** Records a server that this process keeps running. */
    public void write(ServerRef server) throws IOException {
        write(server, ProcessHandle.current().pid());
    }

    void write(ServerRef server, long owner) throws IOException {
        FileModes.OWNER.replace(path, JSON.writeValueAsString(new Entry(server, owner)) + "\n");
    }

    /** Deletes the record. */
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
