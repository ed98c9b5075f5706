package dev.septet.activities.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.endpoint.AnswerPart;
import org.jspecify.annotations.Nullable;

/**
 * An answer of a model as the store keeps it.
 *
 * @param text the answer; null when the service refused the request for its content
 * @param finish why the answer ended, such as {@code stop} and {@code length}; null when the service does not say
 * @param promptTokens tokens of the request as the service counts them; null = it does not say
 * @param tokens tokens of the answer as the service counts them; null = it does not say
 * @param model the model as the service names it; null = it does not say
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StoredAnswer(
        @Nullable String text,
        @Nullable String finish,
        @Nullable Integer promptTokens,
        @Nullable Integer tokens,
        @Nullable String model) {
    /** A request that the service refused for its texts: a later one would be refused too. */
    static final StoredAnswer REFUSED = new StoredAnswer(null, "refused", 0, 0, null);

    /** A request whose texts do not fit into the model's window, as the service says. */
    static final StoredAnswer TOO_LONG = new StoredAnswer(null, "tooLong", 0, 0, null);

    /** The answer that arrived. The store cannot keep half a surrogate pair, so the text is empty if it has one. */
    static StoredAnswer of(AnswerPart answer) {
        String text = hasHalfSurrogates(answer.text()) ? "" : answer.text();
        return new StoredAnswer(text, answer.finish(), answer.promptTokens(), answer.tokens(), answer.model());
    }

    /** Whether the text has half of a surrogate pair, which UTF-8 lacks. */
    public static boolean hasHalfSurrogates(String text) {
        // A pair is one code point outside of the range.
        return text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    /** Whether the texts of the request did not fit: the service says so, or the engine read no token of them. */
    boolean hadNoRoom() {
        return text == null
                ? TOO_LONG.equals(this)
                : "length".equals(finish) && promptTokens != null && promptTokens == 0 && tokens != null && tokens == 0;
    }

    /** Whether it is a refusal as an earlier version stored it, which may have had any reason. */
    boolean ofUnknownReason() {
        return text == null && finish == null;
    }
}
