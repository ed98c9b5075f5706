package dev.septet.activities.audit;

import dev.septet.activities.audit.chain.EventJson;
import dev.septet.activities.audit.chain.LineEncryption;
import dev.septet.activities.audit.chain.LineScan;
import dev.septet.activities.audit.chain.Segment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a log while it is written. A cursor is a byte offset in the log as a whole: 0 is the oldest
 * line, {@link #end} is behind the newest one. It stays valid when files are rotated. A line that
 * is still being written is left for the next page.
 */
public final class AuditReader {
    private final Path folder;
    private final LineEncryption lines;

    /** The reader of a log with unencrypted lines; for tests. */
    AuditReader(Path folder) {
        this(folder, LineEncryption.none());
    }

    AuditReader(Path folder, LineEncryption lines) {
        this.folder = folder;
        this.lines = lines;
    }

    /** Whether a path is the folder of an audit log. */
    public static boolean isLog(Path folder) throws IOException {
        return Files.isDirectory(folder) && !Segment.in(folder).isEmpty();
    }

    /** The cursor behind the newest line. */
    public long end() throws IOException {
        List<Segment> segments = Segment.in(folder);
        return segments.isEmpty() ? 0 : segments.get(segments.size() - 1).end();
    }

    /**
     * Reads at most {@code max} lines from the cursor on; none when there is no log yet. A cursor
     * inside a line skips the rest of that line.
     */
    public AuditPage read(long cursor, int max) throws IOException {
        List<AuditRecord> records = new ArrayList<>();
        long rejected = 0;
        long from = -1;
        long next = cursor;
        for (Segment segment : Segment.in(folder)) {
            if (records.size() >= max || segment.end() <= cursor) {
                continue;
            }
            long start = Math.max(cursor, segment.base());
            from = from < 0 ? start : from;
            next = Math.max(next, start);
            try (LineScan scan = new LineScan(segment.file(), start - segment.base())) {
                while (records.size() < max && scan.next()) {
                    Optional<AuditRecord> record = record(segment, scan);
                    record.ifPresent(records::add);
                    rejected += record.isPresent() ? 0 : 1;
                    next = segment.base() + scan.end();
                }
            } catch (NoSuchFileException deletedMeanwhile) {
                next = segment.base();
            }
        }
        return new AuditPage(records, rejected, from < 0 ? cursor : from, next);
    }

    private Optional<AuditRecord> record(Segment segment, LineScan scan) throws IOException {
        byte[] bytes = scan.line();
        if (bytes == null) {
            return Optional.empty();
        }
        long offset = segment.base() + scan.start();
        return lines.parse(bytes)
                .flatMap(line -> EventJson.event(line.kind(), line.event())
                        .map(event -> new AuditRecord(offset, line.sequence(), line.digest(), event)));
    }
}
