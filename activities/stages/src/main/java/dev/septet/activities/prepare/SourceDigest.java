package dev.septet.activities.prepare;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.source.SourceSet;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Digests of source files, from one pass over them.
 *
 * @param sha256 64 hexadecimal digits
 * @param key secret that only an owner of the file can compute: sha256 of a prefix and the file,
 *     which {@code sha256} does not reveal; it is the key of the digests that replace personal data
 * @param files digests of the files of a set of sources; empty for a single file
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SourceDigest(String sha256, long bytes, byte[] key, List<OfFile> files) {
    public SourceDigest {
        files = List.copyOf(files);
    }

    /** Digest of one of several files. */
    public record OfFile(String name, String sha256, long bytes) {}

    /**
     * Reads all files of a set of sources. The digest of several files is that of the canonical JSON
     * of their names and digests, in reading order.
     */
    public static SourceDigest of(SourceSet set) throws IOException {
        MessageDigest secret = Sha256.start();
        secret.update("septet redaction key\n".getBytes(StandardCharsets.UTF_8));
        List<OfFile> files = new ArrayList<>();
        byte[] key = new byte[0];
        for (SourceFile file : set.files()) {
            SourceDigest digest = of(file.path());
            key = digest.key();
            secret.update(key);
            files.add(new OfFile(file.name(), digest.sha256(), digest.bytes()));
        }
        long bytes = files.stream().mapToLong(OfFile::bytes).sum();
        return new SourceDigest(of(files), bytes, files.size() == 1 ? key : secret.digest(), files);
    }

    /** The digest of a file, or of the names and digests of several files. */
    static String of(List<OfFile> files) throws IOException {
        if (files.size() == 1) {
            return files.get(0).sha256();
        }
        ArrayNode names = SpecJson.mapper().createArrayNode();
        for (OfFile file : files) {
            names.addObject().put("name", file.name()).put("sha256", file.sha256());
        }
        return HexFormat.of().formatHex(Sha256.start().digest(SpecJson.mapper().writeValueAsBytes(names)));
    }

    /** Reads the whole file. */
    public static SourceDigest of(Path file) throws IOException {
        MessageDigest open = Sha256.start();
        MessageDigest secret = Sha256.start();
        secret.update("septet redaction key\n".getBytes(StandardCharsets.UTF_8));
        byte[] buffer = new byte[1 << 16];
        long bytes = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                open.update(buffer, 0, read);
                secret.update(buffer, 0, read);
                bytes += read;
            }
        }
        return new SourceDigest(HexFormat.of().formatHex(open.digest()), bytes, secret.digest(), List.of());
    }
}
