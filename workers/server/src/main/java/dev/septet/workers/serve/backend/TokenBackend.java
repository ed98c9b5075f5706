package dev.septet.workers.serve.backend;

import dev.septet.llm.template.Chat;
import dev.septet.llm.template.ChatMessage;
import dev.septet.workers.serve.openai.ApiProblem;
import java.util.List;

/** A back end whose model reads token ids: Septet has its tokenizer. */
public interface TokenBackend extends ModelBackend {
    /**
     * Token ids of a conversation, for the assistant's next answer. Control tokens in the messages'
     * text are tokenized as plain characters.
     *
     * @throws dev.septet.llm.template.jinja.TemplateProblem when the model's template refuses the
     *     conversation
     * @throws dev.septet.llm.format.FormatProblem when the model has no chat template
     */
    int[] chat(List<ChatMessage> messages);

    /**
     * Token ids of a conversation with tools, as {@link #chat(List)}.
     *
     * @throws ApiProblem when this back end does not support tools
     */
    default int[] chat(Chat chat) {
        if (!chat.tools().isEmpty()) {
            throw ApiProblem.unsupported("tools", "'tools' is not supported for this model");
        }
        return chat(chat.messages());
    }

    @Override
    default BackendPrompt conversation(Chat chat) {
        return new TokenPrompt(this, chat(chat));
    }

    /**
     * Token ids of a text that the model completes. Control tokens in the text are tokenized as
     * control tokens.
     */
    int[] text(String prompt);

    /**
     * Starts an answer, or queues it.
     *
     * @param prompt token ids, at least 1, with room for an answer in {@link #context}
     * @param listener receives the answer on a thread of this back end, which it must not block
     */
    AnswerTicket submit(int[] prompt, AnswerOptions options, BackendListener listener);

    @Override
    default BackendPrompt conversation(List<ChatMessage> messages) {
        return new TokenPrompt(this, chat(messages));
    }

    @Override
    default BackendPrompt completion(String prompt) {
        return new TokenPrompt(this, text(prompt));
    }

    @Override
    default BackendPrompt completion(int[] ids) {
        return new TokenPrompt(this, ids);
    }

    /**
     * Token ids for one back end.
     *
     * @param ids at least 1
     */
    @SuppressWarnings("ArrayRecordComponent") // internal numbers, never compared
    record TokenPrompt(TokenBackend backend, int[] ids) implements BackendPrompt {
        @Override
        public int tokens() {
            return ids.length;
        }

        @Override
        public AnswerTicket submit(AnswerOptions options, BackendListener listener) {
            return backend.submit(ids, options, listener);
        }
    }
}
