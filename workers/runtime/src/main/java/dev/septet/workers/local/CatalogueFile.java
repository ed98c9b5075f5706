package dev.septet.workers.local;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.septet.activities.store.FileModes;
import dev.septet.workers.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file that records which folders the local workers serve and read, for commands in other
 * processes.
 */
public record CatalogueFile(StateFolder state) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Path catalogue() {
        return state.path().resolve("catalogue.json");
    }

    private Path dataRoots() {
        return state.path().resolve("data-folders.json");
    }

    /** The folders whose pipelines the workers run; empty when no local workers run. */
    public List<Path> read() {
        return read(catalogue());
    }

    /** Further folders that pipelines may read from; empty when no local workers run. */
    public List<Path> data() {
        return read(dataRoots());
    }

    private static List<Path> read(Path file) {
        try {
            return JSON.readValue(Files.readString(file), new TypeReference<List<String>>() {}).stream()
                    .map(Path::of)
                    .toList();
        } catch (IOException none) {
            return List.of();
        }
    }

    void write(List<Path> folders, List<Path> data) throws IOException {
        FileModes.OWNER.write(catalogue(), json(folders));
        FileModes.OWNER.write(dataRoots(), json(data));
    }

    private static String json(List<Path> folders) throws IOException {
        return JSON.writeValueAsString(folders.stream().map(Path::toString).toList());
    }

    void delete() throws IOException {
        Files.deleteIfExists(catalogue());
        Files.deleteIfExists(dataRoots());
    }
}
