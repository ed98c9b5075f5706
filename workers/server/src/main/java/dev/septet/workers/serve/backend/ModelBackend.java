package dev.septet.workers.serve.backend;

import dev.septet.llm.generate.constraint.TokenConstraint;
import dev.septet.llm.template.Chat;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.tool.ToolCallFormat;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.openai.CompletionRequest;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
     * Prepares a conversation, for the assistant's next answer.
     *
     * @throws dev.septet.llm.template.jinja.TemplateProblem when the model's template refuses the
     *     conversation
     * @throws dev.septet.llm.format.FormatProblem when the model has no chat template
     */
    BackendPrompt conversation(List<ChatMessage> messages);

    /**
     * Prepares what a request requires of its answers.
     *
     * @param tenant the calling tenant
     * @return which tokens may come next; null for every token
     * @throws ApiProblem when this back end cannot guarantee it
     */
    default @Nullable TokenConstraint constraint(CompletionRequest asked, String tenant) {
        if (asked.format().json()) {
            throw ApiProblem.unsupported("response_format", "'response_format' is not supported for this model");
        }
        if (asked.tools().active()) {
            throw ApiProblem.unsupported("tools", "'tools' is not supported for this model");
        }
        if (asked.topLogProbabilities() >= 0) {
            throw ApiProblem.unsupported("logprobs", "'logprobs' is not supported for this model");
        }
        return null;
    }

    /**
     * Prepares a conversation with tools, for the assistant's next answer.
     *
     * @throws ApiProblem when this back end does not support tools
     * @throws dev.septet.llm.template.jinja.TemplateProblem as {@link #conversation(List)}
     */
    default BackendPrompt conversation(Chat chat) {
        if (!chat.tools().isEmpty()) {
            throw ApiProblem.unsupported("tools", "'tools' is not supported for this model");
        }
        return conversation(chat.messages());
    }

    /** How the model writes calls of tools. */
    default ToolCallFormat callFormat() {
        return ToolCallFormat.PLAIN;
    }

    /** Texts of the control tokens with which the model writes calls; empty where it has none. */
    default Set<String> callMarks() {
        return Set.of();
    }

    /** Prepares a text that the model completes. */
    BackendPrompt completion(String prompt);

    /**
     * The text of token ids that a client sends as a prompt.
     *
     * @throws ApiProblem when an id is not in the vocabulary, or this back end does not read token ids
     */
    default String decoded(int[] ids) {
        throw ApiProblem.unsupported("prompt", "'prompt' must be a text: this model's service reads no token ids");
    }

    /**
     * Prepares token ids that the model continues, as {@link #completion(String)}.
     *
     * @param ids at least 1, all in the vocabulary
     */
    default BackendPrompt completion(int[] ids) {
        throw ApiProblem.unsupported("prompt", "'prompt' must be a text: this model's service reads no token ids");
    }

    /** Closes the model and cancels the answers in progress. */
    @Override
    void close();
}
