package dev.septet.activities.audit.chain;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of a file from a byte offset on, in constant memory whatever the file contains.
 */
public final class LineScan implements Closeable {
    /** Length limit of a line that is read, in bytes; the writer's lines are far shorter. */
    public static final int MAX_LINE_BYTES = 2 << 20;

    private final InputStream bytes;
    private final int longest;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long start;
    private long end;

    /** Opens a log that Septet writes. It must be a regular file. */
    public LineScan(Path file, long from) throws IOException {
        this(regular(file), from, MAX_LINE_BYTES);
    }

    /**
     * Reads an open file, which is closed with the scan.
     *
     * @param longest length limit of a line that is read, in bytes
     */
    public LineScan(FileChannel file, long from, int longest) throws IOException {
        this.bytes = new BufferedInputStream(Channels.newInputStream(file.position(from)), 1 << 16);
        this.longest = longest;
        this.start = from;
        this.end = from;
    }

    private static FileChannel regular(Path file) throws IOException {
        requireRegular(file);
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    /**
     * Refuses a path that is not a regular file: a pipe would never end, and a link may lead
     * anywhere.
     *
     * @throws AuditException with what the path is
     */
    static void requireRegular(Path file) throws AuditException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            String kind = Files.isSymbolicLink(file)
                    ? "a link"
                    : Files.isDirectory(file) ? "a folder" : "a device, pipe or socket";
            throw new AuditException(
                    "%s: is %s, but a log's files are regular files; move it away".formatted(file, kind));
        }
    }

    /**
     * Moves to the next whole line. Bytes after the last line end belong to a torn or unfinished
     * line.
     */
    public boolean next() throws IOException {
        line.reset();
        start = end;
        for (int b = bytes.read(); b >= 0; b = bytes.read()) {
            end++;
            if (b == '\n') {
                return true;
            }
            if (line.size() <= longest) {
                line.write(b);
            }
        }
        return false;
    }

    /** The line without its end; null when it is too long. */
    public byte @Nullable [] line() {
        return line.size() > longest ? null : line.toByteArray();
    }

    /** Byte offset of the line, or of the rest after the last line. */
    public long start() {
        return start;
    }

    /** Byte offset behind the line; at the end, the file's length. */
    public long end() {
        return end;
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
