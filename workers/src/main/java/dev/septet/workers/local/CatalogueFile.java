package dev.septet.workers.local;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;

import dev.septet.activities.store.FileModes;
import dev.septet.workers.StateFolder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Which folders the local workers serve, written down for commands of other processes. */
public record CatalogueFile(StateFolder state) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Path path() {
        return state.path().resolve("catalogue.json");
    }

    /** The folders; empty when no local workers run. */
    public List<Path> read() {
        try {
            return JSON
                    .readValue(Files.readString(path()), new TypeReference<List<String>>() {})
                    .stream()
                    .map(Path::of)
                    .toList();
        } catch (IOException none) {
            return List.of();
        }
    }

    void write(List<Path> folders) throws IOException {
        FileModes.OWNER.write(
                path(), JSON.writeValueAsString(folders.stream().map(Path::toString).toList()));
    }

    void delete() throws IOException {
        Files.deleteIfExists(path());
    }
}
