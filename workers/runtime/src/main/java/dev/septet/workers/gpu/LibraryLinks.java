package dev.septet.workers.gpu;

import dev.septet.activities.store.FileModes;
import dev.septet.activities.store.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder of symbolic links to the libraries of an installed PyTorch. DJL loads every library of
 * the folder, and Java passes the link's target to the linker. So libtorch finds the NVIDIA
 * libraries beside it by its own search path, and the folder needs no links to them, except to the
 * CUDA runtime, with which DJL counts the cards. NVIDIA's packages have libraries that do not load
 * on every machine, such as that of RDMA.
 */
final class LibraryLinks {
    private static final Predicate<String> LIBRARY =
            Pattern.compile("lib.*\\.so(\\.[0-9.]+)?").asMatchPredicate();

    /** The first two need Python. The third needs the driver's library; libtorch loads it itself. */
    private static final Predicate<String> LEFT_OUT =
            Pattern.compile("lib(torch_python|shm|caffe2_nvrtc).*").asMatchPredicate();

    private static final String RUNTIME = "libcudart.so.";

    private LibraryLinks() {}

    /** The libraries of PyTorch, and those of the NVIDIA packages beside it. */
    static List<Path> all(InstalledTorch torch) {
        List<Path> libraries = new ArrayList<>(in(torch.packages().resolve("torch/lib")));
        for (Path parts : entries(torch.packages().resolve("nvidia"))) {
            libraries.addAll(in(parts.resolve("lib")));
        }
        return libraries;
    }

    private static Map<String, Path> links(InstalledTorch torch) {
        Map<String, Path> links = new TreeMap<>();
        for (Path library : all(torch)) {
            boolean own = library.startsWith(torch.packages().resolve("torch"));
            if (own ? !LEFT_OUT.test(name(library)) : name(library).startsWith(RUNTIME)) {
                links.putIfAbsent(name(library), library.toAbsolutePath());
            }
        }
        return links;
    }

    /**
     * Creates the folder, or returns it when it exists and is complete. A reader sees the whole
     * folder or none.
     *
     * @param cache Septet's folder in the user's cache folder
     */
    static Path make(InstalledTorch torch, Path cache) throws IOException {
        Map<String, Path> links = links(torch);
        String digest = Sha256.of(links.toString()).substring(0, 12);
        Path folder = cache.resolve("libtorch-%s-%s".formatted(torch.version().replace('+', '-'), digest));
        if (complete(folder, links)) {
            return folder;
        }
        FileModes.OWNER.folder(cache);
        Path fresh = Files.createTempDirectory(cache, ".libtorch");
        for (Map.Entry<String, Path> link : links.entrySet()) {
            Files.createSymbolicLink(fresh.resolve(link.getKey()), link.getValue());
        }
        if (Files.exists(folder)) {
            Path damaged = Files.createTempDirectory(cache, ".libtorch");
            Files.move(folder, damaged, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
            remove(damaged);
        } else {
            Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        }
        return folder;
    }

    private static boolean complete(Path folder, Map<String, Path> links) throws IOException {
        for (Map.Entry<String, Path> link : links.entrySet()) {
            Path there = folder.resolve(link.getKey());
            if (!Files.isSymbolicLink(there) || !Files.readSymbolicLink(there).equals(link.getValue())) {
                return false;
            }
        }
        return entries(folder).size() == links.size();
    }

    private static void remove(Path folder) throws IOException {
        for (Path link : entries(folder)) {
            Files.delete(link);
        }
        Files.delete(folder);
    }

    private static List<Path> in(Path folder) {
        return entries(folder).stream()
                .filter(file -> LIBRARY.test(name(file)) && Files.isRegularFile(file))
                .toList();
    }

    private static List<Path> entries(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder, e);
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
