package dev.septet.workers.serve.backend;

import dev.septet.llm.template.ChatMessage;
import java.util.List;

/** A model that generates answers, several at once. Thread-safe. */
public interface ModelBackend extends AutoCloseable {
    /** Most tokens of a prompt and its answer together. */
    int context();

    /**
     * Most characters of a prompt whose tokens can fit in {@link #context}. A longer prompt is
     * refused without being tokenized.
     */
    default long longestText() {
        return Long.MAX_VALUE;
    }

    /**
     * Number of answers that are generated at once. Further answers wait before they are submitted.
     */
    default int maxConcurrent() {
        return Integer.MAX_VALUE;
    }

    /** The back end that computes the answers: itself, or a base that several back ends share. */
    default ModelBackend engine() {
        return this;
    }

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

    /** Closes the model and cancels the answers in progress. */
    @Override
    void close();
}
