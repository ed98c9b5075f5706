package dev.septet.activities.endpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import java.net.HttpURLConnection;
import org.jspecify.annotations.Nullable;

/**
 * A part of an answer, or the whole answer.
 *
 * @param text the next piece of text, perhaps empty
 * @param finish {@code finish_reason}, such as {@code stop} and {@code length}; null before the end
 * @param promptTokens tokens of the prompt as the service counts them; null = it does not say here
 * @param tokens tokens of the answer as the service counts them; null = it does not say here
 * @param model the model as the service names it, which may be a version of the requested one; null = it does not say here
 */
public record AnswerPart(
        String text,
        @Nullable String finish,
        @Nullable Integer promptTokens,
        @Nullable Integer tokens,
        @Nullable String model) {
    /** A part of a service that does not say which model answers. */
    public AnswerPart(String text, @Nullable String finish, @Nullable Integer promptTokens, @Nullable Integer tokens) {
        this(text, finish, promptTokens, tokens, null);
    }

    /** The value of {@code finish} where the service withheld the rest of the answer. */
    public static final String CONTENT_FILTER = "content_filter";

    /** Code of the failure where another model answers. */
    static final String OTHER_MODEL = "other_model";

    /**
     * Reads a response or a chunk of a stream.
     *
     * @param model the name that was requested
     * @throws EndpointClient.Failure when it is no answer of this model
     */
    static AnswerPart of(ModelEndpoint endpoint, String model, JsonNode json, boolean chunk)
            throws EndpointClient.Failure {
        JsonNode answered = json.path("model");
        // Services answer an alias with the dated name of the version behind it.
        if (answered.isTextual()
                && !answered.asText().isEmpty()
                && !answered.asText().equals(model)
                && !answered.asText().startsWith(model + "-")) {
            throw new EndpointClient.Failure(
                    HttpURLConnection.HTTP_BAD_GATEWAY,
                    OTHER_MODEL,
                    null,
                    "endpoint %s was asked for the model '%s', but the model '%s' answers; is the trained model still there?"
                            .formatted(endpoint.name(), model, shown(answered.asText())));
        }
        JsonNode choices = json.path("choices");
        JsonNode usage = json.path("usage");
        if (choices.isArray() && choices.isEmpty() && chunk) {
            return new AnswerPart("", null, count(usage, "prompt_tokens"), count(usage, "completion_tokens"));
        }
        if (!choices.isArray() || choices.isEmpty()) {
            throw wrong(endpoint, "sends a response without an answer: `choices` is empty or missing");
        }
        JsonNode choice = choices.get(0);
        JsonNode text = choice.has("text")
                ? choice.path("text")
                : choice.path(chunk ? "delta" : "message").path("content");
        boolean absent = text.isNull() || (chunk && text.isMissingNode());
        if (!text.isTextual() && !absent) {
            throw wrong(endpoint, "sends a response in another format than OpenAI's API: the answer has no text");
        }
        JsonNode finish = choice.path("finish_reason");
        return new AnswerPart(
                absent ? "" : text.asText(),
                finish.isTextual() ? finish.asText() : null,
                count(usage, "prompt_tokens"),
                count(usage, "completion_tokens"),
                answered.asText("").matches(OpenAiSpec.MODEL_PATTERN) ? answered.asText() : null);
    }

    static EndpointClient.Failure wrong(ModelEndpoint endpoint, String what) {
        return new EndpointClient.Failure(
                HttpURLConnection.HTTP_BAD_GATEWAY,
                EndpointClient.Failure.UNREADABLE,
                null,
                "endpoint %s %s".formatted(endpoint.name(), what));
    }

    static @Nullable Integer count(JsonNode usage, String name) {
        JsonNode count = usage.path(name);
        return count.canConvertToInt() && count.isIntegralNumber() && count.asInt() >= 0 ? count.asInt() : null;
    }

    private static String shown(String name) {
        return name.matches(OpenAiSpec.MODEL_PATTERN) ? name : "(not a name)";
    }
}
