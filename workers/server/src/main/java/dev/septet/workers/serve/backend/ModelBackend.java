package dev.septet.workers.serve.backend;

import dev.septet.llm.template.ChatMessage;
import java.util.List;

/** One model that writes answers, several at a time. Safe for use by several threads. */
public interface ModelBackend extends AutoCloseable {
    /** Most tokens of a prompt and its answer together. */
    int context();

    /**
     * Characters that a prompt may have at most, so that its tokens may fit in {@link #context}: a
     * longer one is refused without being read.
     */
    default long longestText() {
        return Long.MAX_VALUE;
    }

    /** Answers that are written at once; more wait for their turn before they are submitted. */
    default int atOnce() {
        return Integer.MAX_VALUE;
    }

    /** What computes the answers: itself, or one that several back ends share. */
    default ModelBackend engine() {
        return this;
    }

    /**
     * Token ids of a conversation to which the assistant is to answer next. Control tokens that
     * somebody typed are read as the characters they are.
     *
     * @throws dev.septet.llm.template.jinja.TemplateProblem when the model's template refuses it
     * @throws dev.septet.llm.format.FormatProblem when the model has no chat template
     */
    int[] chat(List<ChatMessage> messages);

    /** Token ids of a text that the model is to go on with; control tokens in it count as such. */
    int[] text(String prompt);

    /**
     * Starts an answer, or lines it up.
     *
     * @param prompt token ids, at least 1, with room for an answer in {@link #context}
     * @param listener hears the answer, on a thread of this back end, which it must not hold up
     */
    AnswerTicket submit(int[] prompt, AnswerOptions options, BackendListener listener);

    /** Ends; what is being written is cancelled. */
    @Override
    void close();
}
