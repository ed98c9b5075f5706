package dev.septet.workers.gpu;

import dev.septet.llm.cuda.CudaLibtorch;
import dev.septet.llm.cuda.NvidiaCard;
import dev.septet.settings.Setting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An installed PyTorch whose libraries Septet can load.
 *
 * @param packages the folder {@code site-packages} that contains it
 * @param version such as {@code 2.7.1+cu126}
 * @param cuda the CUDA version that it is built with, such as {@code 12.6}; empty for a CPU build
 */
public record InstalledTorch(Path packages, String version, String cuda) {
    private static final Pattern VERSION = Pattern.compile("(?m)^__version__ = '([^']+)'");
    private static final Pattern CUDA = Pattern.compile("(?m)^cuda[^=]*= '([^']+)'");

    /** Of each of these, a build for CUDA needs one; wheels of PyPI have them in packages of their own. */
    private static final List<String> NEEDED = List.of("libcudart.so.12", "libcublas.so.12", "libcudnn.so.9");

    /**
     * The PyTorch that the operator names, else one in the user's cache folder.
     *
     * @param cache Septet's folder in the user's cache folder
     * @throws GpuProblem when the operator's cannot be used
     */
    static Optional<InstalledTorch> find(Map<String, String> environment, Path cache) {
        String named = Setting.TORCH.text(environment);
        if (!named.isEmpty()) {
            return Optional.of(named(named));
        }
        List<Path> folders = new ArrayList<>(matches(cache, "torch-*"));
        matches(cache, "python-*").forEach(python -> folders.addAll(packages(python)));
        return folders.stream()
                .map(InstalledTorch::read)
                .flatMap(Optional::stream)
                .filter(torch -> torch.obstacle().isEmpty())
                .findFirst();
    }

    private static InstalledTorch named(String named) {
        String expected = "set %s to a Python environment with torch %s for CUDA 12, or unset it"
                .formatted(Setting.TORCH.variable(), CudaLibtorch.VERSION);
        InstalledTorch torch = candidates(Path.of(named).toAbsolutePath()).stream()
                .map(InstalledTorch::read)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> new GpuProblem(
                        "%s is %s, but there is no torch in it".formatted(Setting.TORCH.variable(), named), expected));
        torch.obstacle().ifPresent(obstacle -> {
            throw new GpuProblem("%s is %s: %s".formatted(Setting.TORCH.variable(), named, obstacle), expected);
        });
        return torch;
    }

    /** A folder {@code site-packages}, an environment, or the {@code bin/python} of one. */
    private static List<Path> candidates(Path named) {
        List<Path> folders = new ArrayList<>(List.of(named));
        folders.addAll(packages(named));
        Path bin = named.getParent();
        Path environment = bin == null ? null : bin.getParent();
        if (environment != null && !Files.isDirectory(named)) {
            folders.addAll(packages(environment));
        }
        return folders;
    }

    private static List<Path> packages(Path environment) {
        List<Path> packages = new ArrayList<>();
        matches(environment.resolve("lib"), "python3*")
                .forEach(python -> packages.add(python.resolve("site-packages")));
        return packages;
    }

    private static List<Path> matches(Path folder, String pattern) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, pattern)) {
            entries.forEach(found::add);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder, e);
        }
        return found.stream().sorted().toList();
    }

    /** Reads the file in which PyTorch states its version; empty when there is none. */
    static Optional<InstalledTorch> read(Path packages) {
        try {
            Path file = packages.resolve("torch/version.py");
            if (!Files.isRegularFile(file)) {
                return Optional.empty();
            }
            String text = Files.readString(file);
            Matcher version = VERSION.matcher(text);
            Matcher cuda = CUDA.matcher(text);
            return version.find()
                    ? Optional.of(new InstalledTorch(packages, version.group(1), cuda.find() ? cuda.group(1) : ""))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the version of torch in " + packages, e);
        }
    }

    /** The PyTorch to whose libraries the links of a folder lead; empty when they lead elsewhere. */
    public static Optional<InstalledTorch> linked(Path libraries) {
        try {
            Path library = libraries.resolve(CudaLibtorch.LIBRARY).toRealPath();
            Path torch =
                    library.getParent() == null ? null : library.getParent().getParent();
            Path packages = torch == null ? null : torch.getParent();
            return packages == null ? Optional.empty() : read(packages);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Why it cannot compute on a card; empty when it can, or when the card's compute capability is
     * unknown.
     */
    public Optional<String> obstacle(NvidiaCard card) {
        Capabilities range = Capabilities.of(cuda);
        if (!card.capability().matches("\\d+\\.\\d+") || range.has(card.capability())) {
            return Optional.empty();
        }
        return Optional.of("%s has compute capability %s, but torch %s computes on %s to %s"
                .formatted(card, card.capability(), version, range.first, range.last));
    }

    /**
     * The compute capabilities that PyTorch's own build for a CUDA version has machine code for.
     *
     * @see <a href="https://github.com/pytorch/pytorch/blob/v2.7.1/.ci/manywheel/build_cuda.sh">the architectures of
     *     its builds</a>
     */
    private record Capabilities(String first, String last) {
        static Capabilities of(String cuda) {
            return cuda.equals("12.8") ? new Capabilities("7.5", "12.0") : new Capabilities("5.0", "9.0");
        }

        boolean has(String capability) {
            double number = Double.parseDouble(capability);
            return number >= Double.parseDouble(first) && number <= Double.parseDouble(last);
        }
    }

    /** Why Septet cannot load it; empty when it can. */
    public Optional<String> obstacle() {
        if (!version.replaceFirst("\\+.*", "").equals(CudaLibtorch.VERSION)) {
            return Optional.of("torch is version %s, but Septet loads %s".formatted(version, CudaLibtorch.VERSION));
        }
        if (!cuda.startsWith("12.")) {
            return Optional.of("torch %s is built %s, but Septet loads a build for CUDA 12"
                    .formatted(version, cuda.isEmpty() ? "for the CPU" : "for CUDA " + cuda));
        }
        List<String> names = LibraryLinks.all(this).stream()
                .map(library -> library.getFileName().toString())
                .toList();
        List<String> missing = new ArrayList<>(NEEDED);
        missing.add(CudaLibtorch.LIBRARY);
        missing.removeAll(names);
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("%s is missing beside torch".formatted(String.join(", ", missing)));
    }
}
