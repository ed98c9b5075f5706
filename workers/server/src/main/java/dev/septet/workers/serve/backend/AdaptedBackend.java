package dev.septet.workers.serve.backend;

import dev.septet.llm.template.ChatMessage;
import java.util.List;
import java.util.Optional;

/**
 * An adapter over a base model that others use as well: its weights are in memory once.
 *
 * @param base whose owner closes it
 * @param adapter the name by which the engine knows it
 */
public record AdaptedBackend(EngineBackend base, String adapter) implements ModelBackend {
    @Override
    public int context() {
        return base.context();
    }

    @Override
    public long longestText() {
        return base.longestText();
    }

    @Override
    public ModelBackend engine() {
        return base;
    }

    @Override
    public int[] chat(List<ChatMessage> messages) {
        return base.chat(messages);
    }

    @Override
    public int[] text(String prompt) {
        return base.text(prompt);
    }

    @Override
    public AnswerTicket submit(int[] prompt, AnswerOptions options, BackendListener listener) {
        return base.submit(prompt, options, Optional.of(adapter), listener);
    }

    @Override
    public void close() {}
}
