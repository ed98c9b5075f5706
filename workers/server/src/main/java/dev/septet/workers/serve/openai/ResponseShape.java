package dev.septet.workers.serve.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON form of an endpoint's answers. */
public enum ResponseShape {
    /** {@code /v1/chat/completions}. */
    CHAT("chatcmpl-", "chat.completion", "chat.completion.chunk") {
        @Override
        ObjectNode chances(List<TokenChance> tokens, int offset) {
            return TokenChance.chat(tokens);
        }

        @Override
        void text(ObjectNode choice, CompletedAnswer answer) {
            ObjectNode message = choice.putObject("message").put("role", "assistant");
            boolean none = !answer.calls().isEmpty() && answer.text().isBlank();
            message.put("content", none ? null : answer.text()).putNull("refusal");
            if (!answer.calls().isEmpty()) {
                ArrayNode calls = message.putArray("tool_calls");
                answer.calls().forEach(call -> calls.add(call.json()));
            }
        }

        @Override
        void delta(ObjectNode choice, @Nullable String piece, boolean first) {
            ObjectNode delta = choice.putObject("delta");
            if (first) {
                delta.put("role", "assistant");
            }
            if (piece != null) {
                delta.put("content", piece);
            }
        }
    },
    /** {@code /v1/completions}. */
    TEXT("cmpl-", "text_completion", "text_completion") {
        @Override
        ObjectNode chances(List<TokenChance> tokens, int offset) {
            return TokenChance.completion(tokens, offset);
        }

        @Override
        void text(ObjectNode choice, CompletedAnswer answer) {
            choice.put("text", answer.text());
        }

        @Override
        void delta(ObjectNode choice, @Nullable String piece, boolean first) {
            choice.put("text", piece == null ? "" : piece);
        }
    };

    private final String prefix;
    private final String wholeType;
    private final String chunkType;

    ResponseShape(String prefix, String wholeType, String chunkType) {
        this.prefix = prefix;
        this.wholeType = wholeType;
        this.chunkType = chunkType;
    }

    /** The prefix of the ids of this endpoint's answers. */
    public String prefix() {
        return prefix;
    }

    /** A complete response. */
    public ObjectNode whole(ResponseHeader head, List<CompletedAnswer> answers, TokenUsage usage) {
        ObjectNode body = head.object(wholeType);
        ArrayNode choices = body.putArray("choices");
        for (int i = 0; i < answers.size(); i++) {
            ObjectNode choice = choices.addObject().put("index", i);
            text(choice, answers.get(i));
            List<TokenChance> tokens = answers.get(i).chances();
            choice.set("logprobs", tokens == null ? null : chances(tokens, 0));
            choice.put("finish_reason", answers.get(i).finish());
        }
        ResponseHeader.usage(body, usage);
        return body;
    }

    /**
     * A chunk of one answer.
     *
     * @param piece text of the chunk; null in the chunk with the reason
     * @param first whether this is the answer's first chunk
     * @param reason finish reason; null before the answer's end
     * @param tokens the chunk's tokens with their log-probabilities; null for none
     * @param offset characters of the answer before these tokens
     * @param usage whether the stream ends with the numbers of tokens
     */
    public ObjectNode chunk(
            ResponseHeader head,
            int index,
            @Nullable String piece,
            boolean first,
            @Nullable String reason,
            @Nullable List<TokenChance> tokens,
            int offset,
            boolean usage) {
        ObjectNode body = head.object(chunkType);
        ObjectNode choice = body.putArray("choices").addObject().put("index", index);
        delta(choice, piece, first);
        choice.set("logprobs", tokens == null ? null : chances(tokens, offset));
        choice.put("finish_reason", reason);
        if (usage) {
            body.putNull("usage");
        }
        return body;
    }

    /**
     * A chunk with a part of a call.
     *
     * @param call number of the call in its answer
     * @param id id of the call, in its first chunk only
     * @param name name of the function, in the call's first chunk only
     * @param arguments the next piece of the arguments
     */
    public ObjectNode callChunk(
            ResponseHeader head,
            int index,
            boolean first,
            int call,
            @Nullable String id,
            @Nullable String name,
            String arguments,
            boolean usage) {
        ObjectNode body = chunk(head, index, null, first, null, null, 0, usage);
        ObjectNode delta = (ObjectNode) body.path("choices").path(0).path("delta");
        ObjectNode part = delta.putArray("tool_calls").addObject().put("index", call);
        if (id != null) {
            part.put("id", id).put("type", "function");
        }
        ObjectNode function = part.putObject("function");
        if (name != null) {
            function.put("name", name);
        }
        function.put("arguments", arguments);
        return body;
    }

    /** The last chunk of a stream whose request set {@code include_usage}. */
    public ObjectNode usage(ResponseHeader head, TokenUsage usage) {
        ObjectNode body = head.object(chunkType);
        body.putArray("choices");
        ResponseHeader.usage(body, usage);
        return body;
    }

    abstract ObjectNode chances(List<TokenChance> tokens, int offset);

    abstract void text(ObjectNode choice, CompletedAnswer answer);

    abstract void delta(ObjectNode choice, @Nullable String piece, boolean first);
}
