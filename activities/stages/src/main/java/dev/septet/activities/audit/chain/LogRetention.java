package dev.septet.activities.audit.chain;

import dev.septet.activities.audit.AuditEvent;
import dev.septet.activities.audit.RetentionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The oldest files of a log, all finished before a given time.
 *
 * @param before offset of the first line that stays
 */
public record LogRetention(List<Segment> segments, long before, ChainedLine last) {
    /**
     * Finds expired files by the time of their last write, which is the time of their last line
     * when the machine's clock is right. The newest file always stays.
     */
    public static Optional<LogRetention> expired(Path folder, Instant before, LineEncryption lines) throws IOException {
        List<Segment> all = Segment.in(folder);
        List<Segment> expired = new ArrayList<>();
        List<Segment> withoutContent = new ArrayList<>();
        for (Segment segment : all.subList(0, Math.max(0, all.size() - 1))) {
            Optional<Instant> time = time(segment, lines);
            if (time.isEmpty()) {
                withoutContent.add(segment); // goes with the next file that expires
                continue;
            }
            if (!time.get().isBefore(before)) {
                break;
            }
            expired.addAll(withoutContent);
            expired.add(segment);
            withoutContent.clear();
        }
        if (expired.isEmpty()) {
            return Optional.empty();
        }
        // A file without a valid line is evidence, and stays.
        return LastLogLine.of(expired.get(expired.size() - 1), lines)
                .map(last -> new LogRetention(expired, all.get(expired.size()).base(), last.line()));
    }

    /** When the newest line was written; empty for a log without lines. */
    public static Optional<Instant> newest(Path folder, LineEncryption lines) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        List<Segment> all = Segment.in(folder);
        for (int at = all.size() - 1; at >= 0; at--) {
            Optional<Instant> time =
                    LastLogLine.of(all.get(at), lines).isPresent() ? time(all.get(at), lines) : Optional.empty();
            if (time.isPresent()) {
                return time;
            }
        }
        return Optional.empty();
    }

    public RetentionEvent event(Instant now) {
        return new RetentionEvent(now, before, last.sequence(), last.digest());
    }

    /**
     * When a file got its last line with content; the chain does not cover the time of an erased line. Empty when all lines
     * are erased. A file without a valid line has the time of its last write.
     */
    private static Optional<Instant> time(Segment segment, LineEncryption lines) throws IOException {
        boolean erased = false;
        Instant last = null;
        try (LineScan scan = new LineScan(segment.file(), 0)) {
            while (scan.next()) {
                byte[] bytes = scan.line();
                ChainedLine line = bytes == null ? null : lines.parse(bytes).orElse(null);
                if (line == null) {
                    continue;
                }
                if (line.kind().equals(ErasedLine.KIND)) {
                    erased = true;
                } else {
                    last = EventJson.event(line.kind(), line.event())
                            .map(AuditEvent::time)
                            .orElse(null);
                }
            }
        }
        if (last != null) {
            return Optional.of(last);
        }
        return erased
                ? Optional.empty()
                : Optional.of(Files.getLastModifiedTime(segment.file()).toInstant());
    }
}
