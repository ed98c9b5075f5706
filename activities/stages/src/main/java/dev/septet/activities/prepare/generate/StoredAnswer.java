package dev.septet.activities.prepare.generate;

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
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record StoredAnswer(
        @Nullable String text,
        @Nullable String finish,
        @Nullable Integer promptTokens,
        @Nullable Integer tokens) {
    /** A request that the service refused for its texts: a later one would be refused too. */
    static final StoredAnswer REFUSED = new StoredAnswer(null, "refused", 0, 0);

    /** The answer that arrived. The store cannot keep half a surrogate pair, so the text is empty if it has one. */
    static StoredAnswer of(AnswerPart answer) {
        String text = Answers.hasHalfSurrogates(answer.text()) ? "" : answer.text();
        return new StoredAnswer(text, answer.finish(), answer.promptTokens(), answer.tokens());
    }

    /** Whether it is a refusal as an earlier version stored it, which may have had any reason. */
    boolean ofUnknownReason() {
        return text == null && finish == null;
    }
}
