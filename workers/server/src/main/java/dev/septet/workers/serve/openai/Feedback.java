package dev.septet.workers.serve.openai;

import dev.septet.activities.audit.Thumb;
import org.jspecify.annotations.Nullable;

/**
 * A person's feedback on an answer.
 *
 * @param of id of the answer
 * @param thumb null when only a correction is given
 * @param correction the correct answer; null for none
 */
public record Feedback(
        String of, @Nullable Thumb thumb, @Nullable String correction) {}
