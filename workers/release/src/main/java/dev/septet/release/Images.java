package dev.septet.release;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.FilePermissionsProvider;
import com.google.cloud.tools.jib.api.buildplan.ModificationTimeProvider;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import dev.septet.settings.Setting;
import dev.septet.workers.gpu.GpuEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Writes the image of Septet as a tar file, without a daemon. The image holds the files of the archive. Its command line says
 * what a container is: {@code worker --role training}, {@code serve support}, or any other command.
 */
public final class Images {
    /** No base image: the folder with the system's files is the base. */
    static final String SCRATCH = "scratch";

    static final String BASE_NAME = "org.opencontainers.image.base.name";
    static final String BASE_DIGEST = "org.opencontainers.image.base.digest";

    private static final String TORCH = "torch/lib";
    private static final AbsoluteUnixPath CUDA = AbsoluteUnixPath.get("/opt/libtorch");
    private static final AbsoluteUnixPath HOME = AbsoluteUnixPath.get("/opt/septet");
    private static final FilePermissions FILE = FilePermissions.fromOctalString("644");
    private static final FilePermissions PROGRAM = FilePermissions.fromOctalString("755");

    /** Neither root nor an account of a base image. */
    private static final String USER = "10001:10001";

    private final Path archive;
    private final Instant time;

    private Images(Path archive, Instant time) {
        this.archive = archive;
        this.time = time;
    }

    /**
     * @param arguments folder of the unpacked archive; version; the base image, or {@code scratch}; the folder with the system's
     *     files for {@code scratch}, or an empty text; time of all files; the tar file; the file {@code gpu.env} of {@code septet
     *     doctor --fix gpu}, or an empty text for an image without CUDA
     */
    public static void main(String[] arguments) throws Exception {
        Path archive = Path.of(arguments[0]);
        if (!Files.isExecutable(archive.resolve("bin/septet"))) {
            throw new IOException(archive + " is not an unpacked archive: it has no bin/septet");
        }
        Images images = new Images(archive, Instant.parse(arguments[4]));
        JibContainerBuilder image = images.image(arguments[2], arguments[3]);
        String tag = "septet:" + arguments[1];
        if (!arguments[6].isEmpty()) {
            images.addCuda(image, Path.of(arguments[6]));
            tag += "-cuda";
        }
        Path tar = Path.of(arguments[5]);
        image.containerize(Containerizer.to(TarImage.at(tar).named(tag))
                .setBaseImageLayersCache(tar.resolveSibling("image-cache/base"))
                .setApplicationLayersCache(tar.resolveSibling("image-cache/layers"))
                .setToolName("septet"));
    }

    private JibContainerBuilder image(String base, String system) throws Exception {
        Map<String, String> labels = baseLabels(base);
        JibContainerBuilder image = base.equals(SCRATCH) ? Jib.fromScratch() : Jib.from(base);
        labels.forEach(image::addLabel);
        if (!system.isEmpty()) {
            image.addFileEntriesLayer(layer("system", Path.of(system), AbsoluteUnixPath.get("/"), path -> true));
        }
        // What changes least comes first: a new version of Septet shares the layers before its own.
        Predicate<Path> runtime = below("runtime");
        Predicate<Path> temporal = below("libexec");
        Predicate<Path> libraries =
                below("lib").and(path -> !String.valueOf(path.getFileName()).startsWith("septet"));
        return image.addFileEntriesLayer(layer("runtime", archive, HOME, runtime))
                .addFileEntriesLayer(layer("temporal", archive, HOME, temporal))
                .addFileEntriesLayer(layer("libraries", archive, HOME, libraries))
                .addFileEntriesLayer(layer(
                        "septet",
                        archive,
                        HOME,
                        runtime.or(temporal).or(libraries).negate()))
                .addFileEntriesLayer(state())
                .setPlatforms(Set.of(new Platform("amd64", "linux")))
                .setEnvironment(Map.of(
                        "PATH",
                        "/opt/septet/bin:/usr/bin:/bin",
                        "HOME",
                        "/var/lib/septet",
                        "SEPTET_STATE",
                        "/var/lib/septet/state"))
                .setWorkingDirectory(AbsoluteUnixPath.get("/var/lib/septet"))
                .setUser(USER)
                .setCreationTime(time)
                .setEntrypoint("/opt/septet/bin/septet")
                .setProgramArguments(List.of("--help"));
    }

    /**
     * The labels that name the base image, so that an image says what it was made of. A base image {@code NAME:TAG@sha256:DIGEST} is
     * always the same one; that of a tag alone changes.
     *
     * @see <a href="https://github.com/opencontainers/image-spec/blob/main/annotations.md">OCI, annotations</a>
     */
    static Map<String, String> baseLabels(String base) throws IOException {
        if (base.equals(SCRATCH)) {
            return Map.of();
        }
        Map<String, String> labels = new TreeMap<>();
        try {
            labels.put(BASE_NAME, base.replaceFirst("@.*", ""));
            ImageReference.parse(base).getDigest().ifPresent(digest -> labels.put(BASE_DIGEST, digest));
        } catch (InvalidImageReferenceException e) {
            throw new IOException(
                    "image.base is %s; expected NAME:TAG, NAME:TAG@sha256:DIGEST or scratch".formatted(base), e);
        }
        return labels;
    }

    /**
     * Adds libtorch with CUDA. Its folder has links to the libraries of wheels, and these find NVIDIA's libraries beside their own
     * folder. The container's runtime adds the driver.
     */
    private void addCuda(JibContainerBuilder image, Path settings) throws IOException {
        Map<String, String> variables = new TreeMap<>(new GpuEnvironment(settings).read());
        String libraries = variables.put(
                Setting.PYTORCH_LIBRARY_PATH.variable(), CUDA.resolve(TORCH).toString());
        if (libraries == null || !Files.isDirectory(Path.of(libraries))) {
            throw new IOException(
                    settings
                            + " names no folder with libtorch; run `septet doctor --fix gpu`, and give the gpu.env of its state folder");
        }
        Path wheels = Path.of(libraries, "libtorch_cuda.so").toRealPath();
        for (int level = 0; level <= Path.of(TORCH).getNameCount(); level++) {
            wheels = Objects.requireNonNull(wheels.getParent(), libraries);
        }
        image.addFileEntriesLayer(layer(
                        "nvidia",
                        wheels,
                        CUDA,
                        isLibrary(wheels.resolve("nvidia")).or(isLibrary(wheels.resolve("cusparselt")))))
                .addFileEntriesLayer(layer("torch", Path.of(libraries), CUDA.resolve(TORCH), path -> true));
        variables.put("NVIDIA_VISIBLE_DEVICES", "all");
        variables.put("NVIDIA_DRIVER_CAPABILITIES", "compute,utility");
        variables.forEach(image::addEnvironmentVariable);
    }

    private static Predicate<Path> isLibrary(Path folder) {
        return path -> path.startsWith(folder)
                && path.getParent() != null
                && path.getParent().endsWith("lib")
                && String.valueOf(path.getFileName()).contains(".so");
    }

    /** The folder that a volume replaces, writable for the image's user. */
    private FileEntriesLayer state() throws IOException {
        Path empty = Files.createDirectories(archive.resolveSibling("image-cache/empty"));
        return FileEntriesLayer.builder()
                .setName("state")
                .addEntry(
                        empty,
                        AbsoluteUnixPath.get("/var/lib/septet"),
                        FilePermissions.fromOctalString("700"),
                        time,
                        USER)
                .build();
    }

    private Predicate<Path> below(String folder) {
        return path -> path.startsWith(archive.resolve(folder));
    }

    private FileEntriesLayer layer(String name, Path root, AbsoluteUnixPath at, Predicate<Path> wanted)
            throws IOException {
        FilePermissionsProvider modes =
                (path, target) -> Files.isDirectory(path) || Files.isExecutable(path) ? PROGRAM : FILE;
        ModificationTimeProvider times = (path, target) -> time;
        FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName(name);
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.filter(path -> !path.equals(root))
                    .filter(wanted)
                    .sorted()
                    .toList()) {
                AbsoluteUnixPath target = at.resolve(root.relativize(path));
                layer.addEntry(path, target, modes.get(path, target), times.get(path, target));
            }
        }
        return layer.build();
    }
}
