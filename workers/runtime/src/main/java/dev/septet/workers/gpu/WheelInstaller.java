package dev.septet.workers.gpu;

import dev.septet.activities.store.FileModes;
import dev.septet.activities.store.Sha256;
import dev.septet.workers.server.Command;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Installs PyTorch's wheel of PyPI and the NVIDIA wheels that it names into the user's cache folder.
 * Versions and digests of all files are pinned. The wheels are those of one fixed Python version:
 * Septet loads their libraries, which need no Python.
 *
 * @param cache Septet's folder in the user's cache folder
 * @param pips pip commands to try, in this order
 */
record WheelInstaller(Path cache, List<List<String>> pips) {
    static final List<List<String>> PIPS = List.of(List.of("python3", "-m", "pip"), List.of("pip3"), List.of("pip"));
    static final String LOCK = "torch-cuda.lock";
    private static final Duration LIMIT = Duration.ofHours(2);
    private static final String WORK = ".torch";
    private static final Duration ANSWER = Duration.ofSeconds(20);

    /** The platforms that the wheels' names state; pip does not conclude one from the other. */
    private static final List<String> PLATFORMS =
            List.of("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64");

    /**
     * Installs the wheels; others see the complete folder or none.
     *
     * @throws GpuProblem when pip is missing or fails
     */
    InstalledTorch install(Consumer<String> notes) throws IOException {
        List<String> pip = pips.stream()
                .filter(command ->
                        Command.run(with(command, "--version"), ANSWER).ok())
                .findFirst()
                .orElseThrow(() -> new GpuProblem(
                        "no torch for CUDA is installed, and there is no pip to install it",
                        "install Python 3 with pip, or set SEPTET_TORCH to an environment with torch"));
        String lock = lock();
        Path folder = cache.resolve("torch-" + Sha256.of(lock).substring(0, 12));
        FileModes.OWNER.folder(cache);
        removeAbandoned();
        Path work = Files.createTempDirectory(cache, WORK);
        try {
            Path requirements = Files.writeString(work.resolve(LOCK), lock);
            Path target = Files.createDirectory(work.resolve("packages"));
            // The system's folder for temporary files is often in memory, and too small.
            Path temporary = Files.createDirectory(work.resolve("temporary"));
            notes.accept("installing torch for CUDA with pip into %s: a download of 2.7 GB".formatted(folder));
            List<String> command = new ArrayList<>(List.of("env", "TMPDIR=" + temporary));
            command.addAll(with(pip, arguments(requirements, target)));
            Command.Result installed = Command.run(command, LIMIT);
            if (!installed.ok()) {
                throw new GpuProblem(
                        "pip could not install torch for CUDA: " + installed.lastLine(),
                        "check the network and the free disk space (10 GB), or set SEPTET_TORCH to an"
                                + " environment with torch");
            }
            // An existing folder is incomplete, otherwise it would have been found.
            remove(folder);
            Files.move(target, folder, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            remove(work);
        }
        return InstalledTorch.read(folder)
                .orElseThrow(() -> new GpuProblem("pip installed no torch into " + folder, "remove this folder"));
    }

    /** Removes what installations that were killed have left: they are gigabytes. */
    private void removeAbandoned() throws IOException {
        Instant since = Instant.now().minus(LIMIT);
        try (DirectoryStream<Path> left = Files.newDirectoryStream(cache, WORK + "*")) {
            for (Path work : left) {
                if (Files.getLastModifiedTime(work).toInstant().isBefore(since)) {
                    remove(work);
                }
            }
        }
    }

    private static String[] arguments(Path requirements, Path target) {
        List<String> arguments = new ArrayList<>(List.of(
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-input",
                "--no-deps",
                "--only-binary=:all:",
                "--require-hashes",
                "--requirement",
                requirements.toString(),
                "--target",
                target.toString(),
                "--implementation=cp",
                "--python-version=3.11",
                "--abi=cp311"));
        PLATFORMS.forEach(platform -> arguments.add("--platform=" + platform));
        return arguments.toArray(String[]::new);
    }

    /** The pinned versions and digests, in pip's format. */
    static String lock() throws IOException {
        try (InputStream in = WheelInstaller.class.getResourceAsStream(LOCK)) {
            if (in == null) {
                throw new IllegalStateException(LOCK + " is missing from this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<String> with(List<String> command, String... arguments) {
        return Stream.concat(command.stream(), Stream.of(arguments)).toList();
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
