package dev.septet.activities.monitor.log;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A growing file of JSON lines, read from a byte cursor on. The writer may be in the middle of its
 * last line: that line is left for the next check. No content of the file is fatal.
 */
public final class AuditLog {
    /** Maximum number of rows in one window; the next check continues after them. */
    public static final int MOST_PROMPTS = 10_000;

    /** Length limit of a line in bytes; longer lines count as rejected. */
    public static final int MOST_LINE_BYTES = 1 << 20;

    private final Path file;

    public AuditLog(Path file) {
        this.file = file;
    }

    /** Lines from the cursor on. A log that does not exist yet has none. */
    public AuditWindow read(long cursor) throws IOException {
        if (!Files.exists(file)) {
            return AuditWindow.none(cursor);
        }
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "r")) {
            boolean restarted = !lineStartsAt(access, cursor);
            long from = restarted ? 0 : cursor;
            access.seek(from);
            try (InputStream bytes = new BufferedInputStream(Channels.newInputStream(access.getChannel()), 1 << 16)) {
                return read(bytes, from, restarted);
            }
        }
    }

    private static AuditWindow read(InputStream bytes, long from, boolean restarted) throws IOException {
        List<ObservedRequest> rows = new ArrayList<>();
        long rejected = 0;
        long next = from;
        long at = from;
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = bytes.read(); b >= 0; b = bytes.read()) {
            at++;
            if (b != '\n') {
                if (line.size() <= MOST_LINE_BYTES) {
                    line.write(b);
                }
                continue;
            }
            int before = rows.size();
            boolean blank = line.size() == 0;
            if (line.size() <= MOST_LINE_BYTES) {
                AuditLine.observed(line.toByteArray()).ifPresent(rows::add);
            }
            rejected += rows.size() == before && !blank ? 1 : 0;
            line.reset();
            next = at;
            if (rows.size() == MOST_PROMPTS) {
                break;
            }
        }
        return new AuditWindow(rows, 0, 0, rejected, from, next, restarted);
    }

    private static boolean lineStartsAt(RandomAccessFile file, long cursor) throws IOException {
        if (cursor == 0) {
            return true;
        }
        if (cursor < 0 || cursor > file.length()) {
            return false;
        }
        file.seek(cursor - 1);
        return file.read() == '\n';
    }
}
