package dev.septet.activities.basemodel;

import dev.septet.activities.store.DiskFullException;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.FolderDigest;
import dev.septet.llm.gguf.GgufFile;
import dev.septet.llm.gguf.GgufImport;
import dev.septet.llm.gguf.GgufTensor;
import dev.septet.llm.probe.ModelCheck;
import dev.septet.llm.quantize.GgmlType;
import dev.septet.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Converts GGUF files to model folders. A file is converted once: the folder is stored under the
 * sha256 of the file.
 */
public final class GgufModels {
    /** Increased when the conversion changes, so that older folders are not reused. */
    private static final String VERSION = "v2";

    private final Path kept;

    /**
     * @param kept folder for the converted models
     */
    public GgufModels(Path kept) {
        this.kept = kept;
    }

    /** Stores the models in the user's cache folder. */
    public static GgufModels of(Map<String, String> environment, Path home) {
        Path cache = Optional.ofNullable(Setting.XDG_CACHE_HOME.value(environment))
                .filter(text -> !text.isBlank())
                .map(Path::of)
                .orElse(home.resolve(".cache"));
        return new GgufModels(cache.resolve("septet").resolve("converted"));
    }

    /**
     * Converts the file to a model folder. The weights keep their precision: 16 bits where the
     * file's matrices have 16 bits, else 32 bits, so that dequantized values are exact.
     *
     * @throws dev.septet.llm.format.FormatProblem when the file is damaged or contains an
     *     unsupported feature
     */
    public Path folder(Path gguf) throws IOException {
        String digest = FolderDigest.ofFile(gguf);
        Path folder = kept.resolve(digest + "-" + VERSION);
        if (Files.isDirectory(folder)) {
            return folder;
        }
        ModelCheck.gguf(gguf, digest);
        Path temporary = Files.createTempDirectory(Files.createDirectories(kept), ".converting");
        try {
            GgufImport.write(gguf, temporary, type(GgufFile.open(gguf)));
            Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.isDirectory(folder)) { // otherwise another process was faster
                throw DiskFullException.orSame(e);
            }
        } finally {
            remove(temporary);
        }
        return folder;
    }

    private static ElementType type(GgufFile gguf) {
        Set<GgmlType> types = gguf.tensors().values().stream()
                .filter(tensor -> tensor.shape().dimension() > 1)
                .map(GgufTensor::type)
                .collect(Collectors.toSet());
        if (types.equals(Set.of(GgmlType.F16))) {
            return ElementType.F16;
        }
        return types.equals(Set.of(GgmlType.BF16)) ? ElementType.BF16 : ElementType.F32;
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.delete(path);
            }
        }
    }
}
