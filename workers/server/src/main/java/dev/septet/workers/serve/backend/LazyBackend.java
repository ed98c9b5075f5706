package dev.septet.workers.serve.backend;

import dev.septet.llm.generate.constraint.TokenConstraint;
import dev.septet.llm.template.Chat;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.tool.ToolCallFormat;
import dev.septet.workers.serve.openai.CompletionRequest;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A model that is opened by its first request, and needs no memory before. */
public final class LazyBackend implements ModelBackend {
    private final Supplier<ModelBackend> opening;
    private @Nullable ModelBackend opened;

    /**
     * @param opening opens the model; if it fails, the next request tries again
     */
    public LazyBackend(Supplier<ModelBackend> opening) {
        this.opening = opening;
    }

    private synchronized ModelBackend opened() {
        ModelBackend known = opened;
        if (known == null) {
            known = opening.get();
            opened = known;
        }
        return known;
    }

    @Override
    public int context() {
        return opened().context();
    }

    @Override
    public long longestText() {
        return opened().longestText();
    }

    @Override
    public int maxConcurrent() {
        return opened().maxConcurrent();
    }

    @Override
    public BackendPrompt conversation(List<ChatMessage> messages) {
        return opened().conversation(messages);
    }

    @Override
    public @Nullable TokenConstraint constraint(CompletionRequest asked, String tenant) {
        return opened().constraint(asked, tenant);
    }

    @Override
    public BackendPrompt conversation(Chat chat) {
        return opened().conversation(chat);
    }

    @Override
    public ToolCallFormat callFormat() {
        return opened().callFormat();
    }

    @Override
    public Set<String> callMarks() {
        return opened().callMarks();
    }

    @Override
    public BackendPrompt completion(String prompt) {
        return opened().completion(prompt);
    }

    @Override
    public String decoded(int[] ids) {
        return opened().decoded(ids);
    }

    @Override
    public BackendPrompt completion(int[] ids) {
        return opened().completion(ids);
    }

    @Override
    public synchronized void close() {
        if (opened != null) {
            opened.close();
        }
    }
}
