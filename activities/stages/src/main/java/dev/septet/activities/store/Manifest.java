package dev.septet.activities.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The list of a folder's files. Folders with equal content have manifests with equal bytes, so the
 * manifest's digest identifies the content.
 */
public record Manifest(List<Entry> files) {
    /** Name of the manifest's file. */
    public static final String FILE = "manifest.json";

    /**
     * One file.
     *
     * @param path relative to the folder, with {@code /}
     * @param sha256 of its bytes, 64 hexadecimal digits
     */
    public record Entry(String path, String sha256, long sizeBytes) {}

    public Manifest {
        files = files.stream().sorted(Comparator.comparing(Entry::path)).toList();
    }

    /** The manifest of a folder's regular files. Each file is forced to the device. */
    static Manifest of(Path folder, Disk disk) throws IOException {
        List<Path> paths;
        try (Stream<Path> all = Files.list(folder)) {
            paths = all.sorted().toList();
        }
        List<Entry> entries = new ArrayList<>();
        for (Path path : paths) {
            disk.sync(path);
            entries.add(new Entry(path.getFileName().toString(), digest(path), Files.size(path)));
        }
        return new Manifest(entries);
    }

    /**
     * Copies files into a folder and returns their manifest. Each file is forced to the device;
     * symbolic links are followed.
     *
     * @param files where each file is, by the path it shall have in the folder
     */
    public static Manifest copy(Map<String, Path> files, Path to, Disk disk) throws IOException {
        return copy(files, to, disk, Long.MAX_VALUE);
    }

    /**
     * Like {@link #copy(Map, Path, Disk)}, but large files become hard links where the file system allows it. Linked files
     * must never change.
     *
     * @param linked size in bytes from which a file is linked
     */
    public static Manifest copy(Map<String, Path> files, Path to, Disk disk, long linked) throws IOException {
        List<Manifest.Entry> entries = new ArrayList<>();
        disk.folder(to);
        TreeSet<Path> folders = new TreeSet<>(List.of(to));
        for (Map.Entry<String, Path> file : new TreeMap<>(files).entrySet()) {
            Path target = to.resolve(file.getKey()).normalize();
            Path parent = target.getParent();
            if (parent == null || !target.startsWith(to) || target.equals(to)) {
                throw new IllegalArgumentException(file.getKey() + " is not a path of a file");
            }
            if (folders.add(parent)) {
                disk.folder(parent);
            }
            Path source = file.getValue();
            if (linked < Long.MAX_VALUE && isLinkable(source, linked)) {
                Entry entry = entry(file.getKey(), source);
                if (disk.hardLink(target, source)) {
                    entries.add(entry);
                    continue;
                }
            }
            MessageDigest sum = Sha256.start();
            long size = disk.copy(source, target, sum);
            target.toFile().setReadOnly();
            entries.add(new Manifest.Entry(file.getKey(), HexFormat.of().formatHex(sum.digest()), size));
        }
        for (Path folder : folders) {
            disk.sync(folder);
        }
        return new Manifest(entries);
    }

    /**
     * Whether a file may get a second name: it is large, it is not a symbolic link, and nobody may write to it. So the second
     * name gives no right to change the first one's bytes.
     */
    private static boolean isLinkable(Path file, long linked) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.size(file) >= linked
                && FileModes.isReadOnly(file);
    }

    /**
     * The manifest of files, without copying them.
     *
     * @param files where each file is, by the path it shall have in the folder
     */
    public static Manifest of(Map<String, Path> files) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, Path> file : files.entrySet()) {
            entries.add(new Entry(file.getKey(), digest(file.getValue()), Files.size(file.getValue())));
        }
        return new Manifest(entries);
    }

    /** The entry of a file. */
    public static Entry entry(String path, Path file) throws IOException {
        return new Entry(path, digest(file), Files.size(file));
    }

    /**
     * Every file below a folder, by its path in it.
     *
     * @throws IOException naming an entry that is neither a file nor a folder
     */
    public static Map<String, Path> filesBelow(Path folder) throws IOException {
        Map<String, Path> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.toList()) {
                if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                    files.put(folder.relativize(path).toString().replace('\\', '/'), path);
                } else if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                    throw new NoSuchFileException(path.toString());
                } else if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    throw new IOException(path + ": is a link or a device; only files are stored");
                }
            }
        }
        return files;
    }

    /** Total size of the files. */
    public long sizeBytes() {
        return files.stream().mapToLong(Entry::sizeBytes).sum();
    }

    /** Canonical bytes. */
    public byte[] bytes() {
        return text().getBytes(StandardCharsets.UTF_8);
    }

    /** The canonical bytes as text. */
    public String text() {
        try {
            return SpecJson.mapper().writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a manifest is plain JSON", e);
        }
    }

    /** Digest of the canonical bytes. */
    public String digest() {
        return Sha256.of(text());
    }

    /**
     * Reads a manifest and verifies its digest.
     *
     * @throws CorruptArtifactException when it is missing or its bytes do not match the digest
     */
    static Manifest read(Path file, String expectedDigest) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new CorruptArtifactException(file + ": missing; the artifact was never finished, or was removed");
        }
        byte[] bytes = Files.readAllBytes(file);
        if (!Sha256.of(bytes).equals(expectedDigest)) {
            throw new CorruptArtifactException(file + ": changed; its sha256 is not " + expectedDigest);
        }
        return parse(file, bytes);
    }

    /** Parses a manifest without verifying its digest. */
    public static Manifest parse(Path file, byte[] bytes) throws IOException {
        return parse(file.toString(), new String(bytes, StandardCharsets.UTF_8));
    }

    /**
     * Parses a manifest without verifying its digest.
     *
     * @param name for messages
     */
    static Manifest parse(String name, String text) throws CorruptArtifactException {
        try {
            return SpecJson.mapper().readValue(text, Manifest.class);
        } catch (JsonProcessingException | RuntimeException e) {
            throw new CorruptArtifactException(name + ": is not a manifest");
        }
    }

    /**
     * A text made from the file attributes of a folder's files, without reading the files. While it
     * does not change, files that this process has verified once need not be read again.
     *
     * @throws CorruptArtifactException when one is missing
     */
    String state(Path folder) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Entry entry : files) {
            Path file = folder.resolve(entry.path());
            if (!Files.exists(file)) {
                throw new CorruptArtifactException(file + ": missing");
            }
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            text.append(attributes.size())
                    .append(' ')
                    .append(attributes.lastModifiedTime())
                    .append(' ')
                    .append(attributes.fileKey())
                    .append('\n');
        }
        return text.toString();
    }

    /**
     * Compares all bytes of a folder's files with this manifest.
     *
     * @throws CorruptArtifactException naming the first file that is missing, truncated or changed
     */
    public void verify(Path folder) throws IOException {
        for (Entry entry : files) {
            Path file = folder.resolve(entry.path()).normalize();
            if (!file.startsWith(folder) || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new CorruptArtifactException(file + ": missing");
            }
            long size = Files.size(file);
            if (size != entry.sizeBytes()) {
                throw new CorruptArtifactException(
                        String.format(Locale.ROOT, "%s: has %d bytes instead of %d", file, size, entry.sizeBytes()));
            }
            if (!digest(file).equals(entry.sha256())) {
                throw new CorruptArtifactException(file + ": changed; its sha256 is not " + entry.sha256());
            }
        }
    }

    private static String digest(Path file) throws IOException {
        MessageDigest sum = Sha256.start();
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ);
                var stream = Channels.newInputStream(in)) {
            byte[] buffer = new byte[1 << 20];
            for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
                sum.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(sum.digest());
    }
}
