package dev.septet.workers.serve.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A token of an answer, and how probable the model found it, before temperature, top-p and a required
 * format.
 *
 * @param bytes its bytes, perhaps a part of a character
 * @param logProbability in nats; NaN of a prompt's first token, which nothing predicts
 * @param top the most probable tokens at its position; empty inside such a list
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of a token, never compared
public record TokenChance(byte[] bytes, double logProbability, List<TokenChance> top) {
    /** What OpenAI's API has instead of minus infinity. */
    private static final double LEAST = -9999;

    public TokenChance {
        top = List.copyOf(top);
    }

    /** The first token of a prompt. */
    public static TokenChance first(byte[] bytes) {
        return new TokenChance(bytes, Double.NaN, List.of());
    }

    private String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private double number() {
        return Math.max(LEAST, Math.min(0, logProbability));
    }

    /** The field {@code logprobs} of a choice of a chat completion. */
    static ObjectNode chat(List<TokenChance> tokens) {
        ObjectNode logprobs = StrictJson.MAPPER.createObjectNode();
        ArrayNode content = logprobs.putArray("content");
        for (TokenChance token : tokens) {
            ObjectNode entry = token.entry();
            ArrayNode top = entry.putArray("top_logprobs");
            token.top().forEach(other -> top.add(other.entry()));
            content.add(entry);
        }
        logprobs.putNull("refusal");
        return logprobs;
    }

    private ObjectNode entry() {
        ObjectNode entry =
                StrictJson.MAPPER.createObjectNode().put("token", text()).put("logprob", number());
        ArrayNode values = entry.putArray("bytes");
        for (byte value : bytes) {
            values.add(value & 0xFF);
        }
        return entry;
    }

    /**
     * The field {@code logprobs} of a choice of a completion.
     *
     * @param offset characters of the answer before these tokens
     */
    static ObjectNode completion(List<TokenChance> tokens, int offset) {
        ObjectNode logprobs = StrictJson.MAPPER.createObjectNode();
        ArrayNode texts = logprobs.putArray("tokens");
        ArrayNode numbers = logprobs.putArray("token_logprobs");
        ArrayNode tops = logprobs.putArray("top_logprobs");
        ArrayNode offsets = logprobs.putArray("text_offset");
        int at = offset;
        for (TokenChance token : tokens) {
            texts.add(token.text());
            if (Double.isNaN(token.logProbability())) {
                numbers.addNull();
                tops.addNull();
            } else {
                numbers.add(token.number());
                ObjectNode top = tops.addObject();
                token.top().forEach(other -> top.put(other.text(), other.number()));
                // Parts of characters have equal texts: the most probable one stays, so that it is the maximum.
                if (token.number() > top.path(token.text()).asDouble(Double.NEGATIVE_INFINITY)) {
                    top.put(token.text(), token.number());
                }
            }
            offsets.add(at);
            at += characters(List.of(token));
        }
        return logprobs;
    }

    /** Number of characters of the tokens' texts. */
    public static int characters(List<TokenChance> tokens) {
        return tokens.stream()
                .mapToInt(token -> token.text().codePointCount(0, token.text().length()))
                .sum();
    }
}
