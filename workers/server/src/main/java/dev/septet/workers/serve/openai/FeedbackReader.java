package dev.septet.workers.serve.openai;

import dev.septet.activities.audit.Thumb;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of {@code /v1/feedback}. This endpoint is Septet's own; OpenAI's API has none for
 * feedback.
 */
public final class FeedbackReader {
    /** Longest correction, in UTF-16 units. */
    public static final int MAX_CORRECTION = 32 << 10;

    private FeedbackReader() {}

    /** Reads the feedback. */
    public static Feedback read(byte[] body) {
        RequestFields fields = RequestFields.of(body);
        String id = fields.required("id");
        String rating = fields.text("rating");
        String correction = fields.text("correction");
        fields.requireKnown(Set.of());
        if (rating == null && correction == null) {
            throw ApiProblem.value("rating", "give a 'rating' (up or down), a 'correction', or both");
        }
        if (correction != null && (correction.isBlank() || correction.length() > MAX_CORRECTION)) {
            throw ApiProblem.value(
                    "correction",
                    String.format(Locale.ROOT, "'correction' must have between 1 and %d characters", MAX_CORRECTION));
        }
        return new Feedback(id, thumb(rating), correction);
    }

    private static @Nullable Thumb thumb(@Nullable String rating) {
        if (rating == null) {
            return null;
        }
        return switch (rating) {
            case "up" -> Thumb.UP;
            case "down" -> Thumb.DOWN;
            default -> throw ApiProblem.value("rating", "'rating' must be \"up\" or \"down\"");
        };
    }
}
