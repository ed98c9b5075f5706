package dev.septet.activities.endpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.template.ChatMessage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request for one answer of a model that a service holds.
 *
 * @param messages the conversation; empty for a text
 * @param prompt the text to complete; null for a conversation
 * @param maxTokens most tokens of the answer; null = the service decides
 * @param temperature 0 = the most probable token
 * @param topP total probability of the candidate tokens
 * @param seed of sampling
 * @param stops texts that end the answer
 * @param responseFormat what the answer must look like, as {@code response_format}; null = any text
 */
public record EndpointRequest(
        List<ChatMessage> messages,
        @Nullable String prompt,
        @Nullable Integer maxTokens,
        double temperature,
        double topP,
        long seed,
        List<String> stops,
        @Nullable JsonNode responseFormat) {
    /** Tokens of a request besides its texts, at most: the chat template around them. */
    private static final int AROUND = 200;

    public EndpointRequest {
        messages = List.copyOf(messages);
        stops = List.copyOf(stops);
    }

    /** A request for any text. */
    public EndpointRequest(
            List<ChatMessage> messages,
            @Nullable String prompt,
            @Nullable Integer maxTokens,
            double temperature,
            double topP,
            long seed,
            List<String> stops) {
        this(messages, prompt, maxTokens, temperature, topP, seed, stops, null);
    }

    /** The most probable answer to a conversation, as far as the service is deterministic. */
    public static EndpointRequest greedy(List<ChatMessage> messages, int maxTokens) {
        return new EndpointRequest(messages, null, maxTokens, 0, 1, 0, List.of());
    }

    /** The most tokens of the messages: a token has at least one byte. */
    public long mostPromptTokens() {
        long bytes = AROUND;
        for (ChatMessage message : messages) {
            bytes += message.text().getBytes(StandardCharsets.UTF_8).length;
        }
        return bytes;
    }

    /** Path below the endpoint's address. */
    String path() {
        return prompt == null ? "chat/completions" : "completions";
    }

    /** The JSON of the request for a whole answer. Equal requests have equal JSON. */
    public JsonNode json(String model) {
        return body(model, false);
    }

    ObjectNode body(String model, boolean stream) {
        ObjectNode body = SpecJson.mapper().createObjectNode().put("model", model);
        if (prompt == null) {
            ArrayNode turns = body.putArray("messages");
            messages.forEach(turn -> turns.addObject().put("role", turn.role()).put("content", turn.text()));
        } else {
            body.put("prompt", prompt);
        }
        if (maxTokens != null) {
            body.put("max_tokens", maxTokens);
        }
        body.put("temperature", temperature).put("top_p", topP).put("seed", seed);
        if (!stops.isEmpty()) {
            ArrayNode all = body.putArray("stop");
            stops.forEach(all::add);
        }
        if (responseFormat != null) {
            body.set("response_format", responseFormat);
        }
        if (stream) {
            body.put("stream", true).putObject("stream_options").put("include_usage", true);
        }
        return body;
    }
}
