package dev.septet.dsl.extension;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whose code a word runs.
 *
 * @param name the {@code Implementation-Title} of the jar's manifest, else its file's name
 * @param version the manifest's {@code Implementation-Version}. Where it is missing or ends with
 *     {@code -SNAPSHOT}, the jar may change under the same version, so the start of its sha256
 *     follows; for a folder of classes, that of all of them.
 * @param file what messages name: the jar's file name
 */
public record ExtensionJar(String name, String version, String file) {
    private static final int SHOWN_DIGITS = 12;

    /** The jar of a class, or its folder of classes. */
    static ExtensionJar of(Class<?> type) {
        @Nullable Path place = place(type);
        try {
            if (place != null && Files.isRegularFile(place)) {
                return ofJar(place);
            }
            Package room = type.getPackage();
            String title = text(room.getImplementationTitle());
            String version = text(room.getImplementationVersion());
            if (changes(version)) {
                version += "+" + (place != null && Files.isDirectory(place) ? folder(place) : file(type));
            }
            return new ExtensionJar(
                    title.isEmpty() ? type.getPackageName() : title,
                    version,
                    place == null ? type.getName() : place.toString());
        } catch (IOException | UncheckedIOException e) {
            throw new ExtensionProblem("%s cannot be read: %s".formatted(place, e.getMessage()));
        }
    }

    /** For messages: {@code own-words-1.0.jar}. */
    public String shown() {
        return file;
    }

    private static @Nullable Path place(Class<?> type) {
        var source = type.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return null;
        }
        try {
            return Path.of(source.getLocation().toURI());
        } catch (java.net.URISyntaxException | RuntimeException nested) {
            return null; // a jar inside another file: known by its class alone
        }
    }

    private static ExtensionJar ofJar(Path jar) throws IOException {
        @Nullable Manifest manifest;
        try (JarFile opened = new JarFile(jar.toFile())) {
            manifest = opened.getManifest();
        }
        String file = String.valueOf(jar.getFileName());
        Attributes attributes = manifest == null ? new Attributes() : manifest.getMainAttributes();
        String title = attributes.getValue(Attributes.Name.IMPLEMENTATION_TITLE);
        String declared = attributes.getValue(Attributes.Name.IMPLEMENTATION_VERSION);
        String version = text(declared);
        if (changes(version)) {
            try (InputStream in = Files.newInputStream(jar)) {
                version += "+" + digest(in);
            }
        }
        String name = text(title);
        return new ExtensionJar(name.isEmpty() ? file.replaceAll("\\.jar$", "") : name, version, file);
    }

    private static String text(@Nullable String attribute) {
        return attribute == null ? "" : attribute.strip();
    }

    /** Whether the code may change under the same version. */
    private static boolean changes(String version) {
        return version.isEmpty() || version.endsWith("-SNAPSHOT");
    }

    private static String file(Class<?> type) throws IOException {
        String resource = type.getName().replace('.', '/') + ".class";
        try (InputStream in = type.getClassLoader().getResourceAsStream(resource)) {
            return in == null ? "unknown" : digest(in);
        }
    }

    /** Of all classes of a folder, because a word may call any of them. */
    private static String folder(Path folder) throws IOException {
        Map<String, Path> classes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(file -> file.toString().endsWith(".class"))
                    .forEach(file ->
                            classes.put(folder.relativize(file).toString().replace('\\', '/'), file));
        }
        MessageDigest digest = sha256();
        for (Map.Entry<String, Path> next : classes.entrySet()) {
            digest.update((next.getKey() + "\n").getBytes(StandardCharsets.UTF_8));
            digest.update(sha256().digest(Files.readAllBytes(next.getValue())));
        }
        return shown(digest);
    }

    private static String digest(InputStream in) throws IOException {
        try (DigestInputStream digested = new DigestInputStream(in, sha256())) {
            digested.transferTo(java.io.OutputStream.nullOutputStream());
            return shown(digested.getMessageDigest());
        }
    }

    private static String shown(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest()).substring(0, SHOWN_DIGITS);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
