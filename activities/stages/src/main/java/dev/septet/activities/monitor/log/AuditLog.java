package dev.septet.activities.monitor.log;

import dev.septet.activities.audit.chain.LineScan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A growing file of JSON lines that another program writes, read from a byte cursor on. The writer
 * may be in the middle of its last line: that one is left for the next check. Nothing in the file is
 * fatal. {@link ChainedLog} reads the log of Septet's own server.
 */
public final class AuditLog {
    /** Maximum number of rows in one window; the next check continues after them. */
    public static final int MAX_PROMPTS = 10_000;

    /** Length limit of a line in bytes; longer lines count as rejected. */
    public static final int MAX_LINE_BYTES = 1 << 20;

    private final Path file;

    public AuditLog(Path file) {
        this.file = file;
    }

    /** Lines from the cursor on. A log that does not exist yet has none. */
    public AuditWindow read(long cursor) throws IOException {
        if (!Files.exists(file)) {
            return AuditWindow.none(cursor);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            boolean restarted = !lineStartsAt(channel, cursor);
            long from = restarted ? 0 : cursor;
            try (LineScan lines = new LineScan(channel, from, MAX_LINE_BYTES)) {
                return read(lines, from, restarted);
            }
        }
    }

    private static AuditWindow read(LineScan lines, long from, boolean restarted) throws IOException {
        List<ObservedRequest> rows = new ArrayList<>();
        long rejected = 0;
        long next = from;
        while (rows.size() < MAX_PROMPTS && lines.next()) {
            byte[] line = lines.line();
            Optional<ObservedRequest> row = line == null ? Optional.empty() : AuditLine.observed(line);
            row.ifPresent(rows::add);
            boolean blank = line != null && line.length == 0;
            rejected += row.isPresent() || blank ? 0 : 1;
            next = lines.end();
        }
        return new AuditWindow(rows, 0, 0, rejected, from, next, restarted);
    }

    private static boolean lineStartsAt(FileChannel file, long cursor) throws IOException {
        if (cursor <= 0 || cursor > file.size()) {
            return cursor == 0;
        }
        ByteBuffer before = ByteBuffer.allocate(1);
        return file.read(before, cursor - 1) == 1 && before.get(0) == '\n';
    }
}
