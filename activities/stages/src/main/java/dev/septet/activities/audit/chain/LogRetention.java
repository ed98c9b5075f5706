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
            if (isErased(segment, lines)) {
                withoutContent.add(segment); // goes with the next file that expires
                continue;
            }
            if (!time(segment, lines).isBefore(before)) {
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
            if (LastLogLine.of(all.get(at), lines).isPresent()) {
                return Optional.of(time(all.get(at), lines));
            }
        }
        return Optional.empty();
    }

    public RetentionEvent event(Instant now) {
        return new RetentionEvent(now, before, last.sequence(), last.digest());
    }

    /** Whether no line of a file has content any more. */
    private static boolean isErased(Segment segment, LineEncryption lines) throws IOException {
        return LastLogLine.of(segment, lines)
                        .filter(last -> last.line().kind().equals(ErasedLine.KIND))
                        .isPresent()
                && LastLogLine.of(segment, lines, line -> !line.kind().equals(ErasedLine.KIND))
                        .isEmpty();
    }

    /** Time of the last line with content: the chain does not cover the time of an erased line. */
    private static Instant time(Segment segment, LineEncryption lines) throws IOException {
        Optional<Instant> lastTime = LastLogLine.of(
                        segment, lines, line -> !line.kind().equals(ErasedLine.KIND))
                .flatMap(last -> EventJson.event(last.line().kind(), last.line().event()))
                .map(AuditEvent::time);
        return lastTime.isPresent()
                ? lastTime.get()
                : Files.getLastModifiedTime(segment.file()).toInstant();
    }
}
