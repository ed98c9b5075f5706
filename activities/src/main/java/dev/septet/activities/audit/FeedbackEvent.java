package dev.septet.activities.audit;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/**
 * What a person thought of an answer.
 *
 * @param of id of the answer
 * @param thumb null when only a correction was given
 * @param correction what the answer should have been; null when none was given or no text is kept
 */
public record FeedbackEvent(
        String id,
        Instant time,
        String pipeline,
        String of,
        @Nullable Thumb thumb,
        @Nullable String correction)
        implements AuditEvent {}
