package dev.septet.workers.gpu;

import dev.septet.activities.store.FileModes;
import dev.septet.llm.cuda.CudaLibtorch;
import dev.septet.settings.Setting;
import dev.septet.workers.StateFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The variables with which processes load the CUDA build of libtorch, in a file of the state
 * folder. The launcher reads the same file.
 */
public record GpuEnvironment(Path file) {
    public static GpuEnvironment of(StateFolder state) {
        return new GpuEnvironment(state.gpu());
    }

    /** The variables for a folder with the CUDA build; the folder comes first in the file. */
    static Map<String, String> variables(Path libraries) {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put(Setting.PYTORCH_LIBRARY_PATH.variable(), libraries.toString());
        variables.put(Setting.PYTORCH_FLAVOR.variable(), CudaLibtorch.FLAVOR);
        variables.put(Setting.PYTORCH_VERSION.variable(), CudaLibtorch.VERSION);
        return variables;
    }

    /**
     * The variables that a process needs in addition to its environment. Empty when the user has
     * chosen a libtorch, when there is no file, and when the folder that it names is gone.
     */
    public Map<String, String> missing(Map<String, String> environment) {
        if (Setting.PYTORCH_LIBRARY_PATH.value(environment) != null) {
            return Map.of();
        }
        Map<String, String> all = read();
        return CudaLibtorch.folder(all).isPresent() ? all : Map.of();
    }

    /** The variables in the file; empty when there is none. */
    public Map<String, String> read() {
        try {
            return Files.readAllLines(file).stream()
                    .map(line -> line.split("=", 2))
                    .filter(parts -> parts.length == 2 && parts[0].startsWith("PYTORCH_"))
                    .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1], (first, last) -> last));
        } catch (NoSuchFileException none) {
            return Map.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** Replaces the file at once; returns whether it had other content. */
    boolean write(Map<String, String> variables) throws IOException {
        String text = variables.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue() + "\n")
                .collect(Collectors.joining());
        if (Files.exists(file) && Files.readString(file).equals(text)) {
            return false;
        }
        FileModes.OWNER.folder(file.toAbsolutePath().resolveSibling(""));
        FileModes.OWNER.replace(file, text);
        return true;
    }
}
