package dev.septet.workers.serve.openai;

import dev.septet.activities.audit.Thumb;
import org.jspecify.annotations.Nullable;

/**
 * What a person thinks of an answer.
 *
 * @param of id of the answer
 * @param thumb null when only a correction is given
 * @param correction what the answer should have been; null for none
 */
public record Feedback(
        String of, @Nullable Thumb thumb, @Nullable String correction) {}
