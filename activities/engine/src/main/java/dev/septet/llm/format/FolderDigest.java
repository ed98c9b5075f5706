package dev.septet.llm.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 digests of a file or a folder, in lower-case hexadecimal, which identify the inputs of a run. */
public final class FolderDigest {
    private FolderDigest() {}

    /**
     * Digest of a folder's own files (no subfolders, no dot files): sha256 over the lines {@code
     * <sha256 of file> <name>} in the order of the names, as {@code sha256sum * | sha256sum}
     * computes it.
     */
    public static String of(Path folder) {
        FolderRoot root = FolderRoot.open(folder);
        MessageDigest sum = sha256();
        for (String name : root.names()) {
            root.find(name).ifPresent(file -> {
                String line = ofFile(file) + "  " + name + "\n";
                sum.update(line.getBytes(StandardCharsets.UTF_8));
            });
        }
        return HexFormat.of().formatHex(sum.digest());
    }

    /** Digest of one file's bytes. */
    public static String ofFile(Path file) {
        RegularFile.require(file);
        MessageDigest sum = sha256();
        byte[] buffer = new byte[1 << 20];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                sum.update(buffer, 0, read);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
        return HexFormat.of().formatHex(sum.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
