package dev.septet.activities.audit;

import java.time.Instant;
import java.util.List;

/**
 * The content of earlier lines is about to be erased. The lines keep their digests, so the chain
 * still proves every other line.
 *
 * @param reason why, as the operator wrote it; may be empty
 * @param lines the erased lines, by their sequence numbers
 */
public record ErasureEvent(Instant time, String reason, List<Line> lines) implements AuditEvent {
    public ErasureEvent {
        lines = List.copyOf(lines);
    }

    /**
     * An erased line.
     *
     * @param digest sha256 of the line before the erasure
     * @param previous digest of the line before it
     * @param what time and kind that the line had
     */
    public record Line(long sequence, String digest, String previous, ErasedEvent what) {}
}
