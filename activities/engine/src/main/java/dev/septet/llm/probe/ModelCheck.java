package dev.septet.llm.probe;

import dev.septet.llm.format.FolderRoot;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.RegularFile;
import dev.septet.llm.sandbox.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Checks untrusted model files. Files that ended the child process that opened them first are
 * rejected. The digest and the child process read only the header of weight files, because weights
 * are plain numbers that cannot hide anything.
 */
public final class ModelCheck {
    private static final List<String> SMALL = List.of(".json", ".jinja", ".md", ".txt", ".model");
    private static final String SAFETENSORS = ".safetensors";
    private static final long MAX_SMALL = 128L << 20;

    /** The header limit of the reference implementation. */
    private static final long MAX_HEADER = 100_000_000;

    /** More than any valid model needs, and a worker has no more memory for it. */
    private static final long MAX_READ = 16L << 20;

    private ModelCheck() {}

    /** Admits a model folder. */
    public static void folder(Path folder) {
        check(ModelProbe.FOLDER, folder);
    }

    /** Admits an adapter's folder. */
    public static void adapter(Path folder) {
        check(ModelProbe.ADAPTER, folder);
    }

    /**
     * Admits a GGUF file.
     *
     * @param digest of the file
     */
    public static void gguf(Path file, String digest) throws IOException {
        long size = Files.size(file);
        admit(ModelProbe.GGUF, file, digest, size, size);
    }

    private static void check(String kind, Path folder) {
        FolderRoot.open(folder); // a plain message if there is none
        try (Stream<Path> files = Files.list(folder)) {
            MessageDigest sum = MessageDigest.getInstance("SHA-256");
            long read = 0;
            long mapped = 0;
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (!Files.isRegularFile(file)) {
                    continue;
                }
                long size = Files.size(file);
                boolean weights = name.endsWith(SAFETENSORS);
                if (!weights && (SMALL.stream().noneMatch(name::endsWith) || size > MAX_SMALL)) {
                    continue; // it is not opened, or is rejected by its size
                }
                byte[] bytes = weights ? header(file, size) : RegularFile.bytes(file, MAX_SMALL);
                sum.update(String.format(Locale.ROOT, "%s %d %d\n", name, size, bytes.length)
                        .getBytes(StandardCharsets.UTF_8));
                sum.update(bytes);
                // A tokenizer has its own check.
                read += name.equals("tokenizer.json") ? 0 : bytes.length;
                mapped += weights ? size : 0;
            }
            admit(kind, folder, HexFormat.of().formatHex(sum.digest()), read, mapped);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder + ": " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The length and the JSON header after it, as far as the file contains them. */
    private static byte[] header(Path file, long size) throws IOException {
        try (FileChannel channel = RegularFile.open(file)) {
            ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            channel.read(length, 0);
            length.flip();
            long declared = length.remaining() < Long.BYTES ? 0 : length.getLong();
            long limit = Math.min(size, MAX_HEADER + Long.BYTES);
            long headerSize = declared < 0 || declared > limit ? limit : declared + Long.BYTES;
            ByteBuffer header = ByteBuffer.allocate((int) Math.min(headerSize, limit));
            while (header.hasRemaining() && channel.read(header, header.position()) >= 0) {
                // a short read does not mean the end of the file
            }
            return header.array();
        }
    }

    private static void admit(String kind, Path path, String digest, long read, long mapped) {
        if (!Files.exists(path)) {
            throw new FormatProblem(path, "no such file");
        }
        Sandbox.ofProcess()
                .admit(
                        ModelProbe.class,
                        kind + "-" + digest,
                        path,
                        Math.min(read, MAX_READ),
                        mapped,
                        List.of(kind, path.toAbsolutePath().toString()));
    }
}
