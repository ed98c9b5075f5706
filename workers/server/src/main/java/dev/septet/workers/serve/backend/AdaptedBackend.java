package dev.septet.workers.serve.backend;

import dev.septet.llm.generate.constraint.TokenConstraint;
import dev.septet.llm.template.Chat;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.tool.ToolCallFormat;
import dev.septet.workers.serve.openai.CompletionRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A back end with an adapter over a shared base model, whose weights are in memory once.
 *
 * @param base the base model's back end; its owner closes it
 * @param adapter the adapter's name in the engine
 */
public record AdaptedBackend(EngineBackend base, String adapter) implements TokenBackend {
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
    public @Nullable TokenConstraint constraint(CompletionRequest asked, String tenant) {
        return base.constraint(asked, tenant);
    }

    @Override
    public int[] chat(Chat chat) {
        return base.chat(chat);
    }

    @Override
    public ToolCallFormat callFormat() {
        return base.callFormat();
    }

    @Override
    public Set<String> callMarks() {
        return base.callMarks();
    }

    @Override
    public int[] text(String prompt) {
        return base.text(prompt);
    }

    @Override
    public String decoded(int[] ids) {
        return base.decoded(ids);
    }

    @Override
    public AnswerTicket submit(int[] prompt, AnswerOptions options, BackendListener listener) {
        return base.submit(prompt, options, Optional.of(adapter), listener);
    }

    @Override
    public void close() {}
}
