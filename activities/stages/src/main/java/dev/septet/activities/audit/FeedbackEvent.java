package dev.septet.activities.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A person's feedback on an answer.
 *
 * @param of id of the answer
 * @param thumb null when only a correction was given
 * @param correction what the answer should have been; null when none was given or texts are not
 *     kept
 * @param key name of the API key of the request; null when the server needs no keys
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
    /** The event of a server that needs no API keys. */
    public FeedbackEvent(
            String id, Instant time, String pipeline, String of, @Nullable Thumb thumb, @Nullable String correction) {
        this(id, time, pipeline, of, thumb, correction, null);
    }
}
