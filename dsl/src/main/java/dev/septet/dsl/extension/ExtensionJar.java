package dev.septet.dsl.extension;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * Whose code a word runs.
 *
 * @param name the {@code Implementation-Title} of the jar's manifest, else its file's name
 * @param version the manifest's {@code Implementation-Version}. Where it is missing or ends with
 *     {@code -SNAPSHOT}, the jar may change under the same version, so the start of its sha256
 *     follows.
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
            String resource = type.getName().replace('.', '/') + ".class";
            try (InputStream in = type.getClassLoader().getResourceAsStream(resource)) {
                String digest = in == null ? "unknown" : digest(in);
                String folder = place == null ? type.getName() : place.toString();
                return new ExtensionJar(type.getPackageName(), "+" + digest, folder);
            }
        } catch (IOException e) {
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
        String version = declared == null ? "" : declared.strip();
        if (version.isEmpty() || version.endsWith("-SNAPSHOT")) {
            try (InputStream in = Files.newInputStream(jar)) {
                version += "+" + digest(in);
            }
        }
        return new ExtensionJar(
                title == null || title.isBlank() ? file.replaceAll("\\.jar$", "") : title.strip(), version, file);
    }

    private static String digest(InputStream in) throws IOException {
        try (DigestInputStream digested = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
            digested.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of()
                    .formatHex(digested.getMessageDigest().digest())
                    .substring(0, SHOWN_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
