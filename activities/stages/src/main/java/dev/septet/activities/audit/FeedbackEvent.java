package dev.septet.activities.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a person thought of an answer.
 *
 * @param of id of the answer
 * @param thumb null when only a correction was given
 * @param correction what the answer should have been; null when none was given or no text is kept
 * @param key name of the API key that gave it; null where none is needed
 */
public record FeedbackEvent(
        String id,
        Instant time,
        String pipeline,
        String of,
        @Nullable Thumb thumb,
        @Nullable String correction,
        @Nullable String key)
        implements AuditEvent {
    /** Of a server that needs no keys. */
    public FeedbackEvent(
            String id, Instant time, String pipeline, String of, @Nullable Thumb thumb, @Nullable String correction) {
        this(id, time, pipeline, of, thumb, correction, null);
    }
}
