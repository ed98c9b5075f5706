package dev.septet.workers.serve.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.llm.generate.constraint.CallableFunction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tools of a request, and whether the model may call them.
 *
 * @param sent the field {@code tools} as sent; null for none
 * @param functions the functions among them
 * @param named the only function that may be called; null for any
 * @param parallel whether an answer may have several calls
 */
public record ToolUse(
        @Nullable JsonNode sent,
        List<CallableFunction> functions,
        Choice choice,
        @Nullable String named,
        boolean parallel) {
    /** Whether the model calls tools. */
    public enum Choice {
        NONE,
        AUTO,
        REQUIRED
    }

    /** No tools. */
    public static final ToolUse NONE = new ToolUse(null, List.of(), Choice.NONE, null, true);

    public ToolUse {
        functions = List.copyOf(functions);
    }

    /** Whether an answer may have calls. */
    public boolean active() {
        return choice != Choice.NONE && !functions.isEmpty();
    }

    /** The functions that may be called. */
    public List<CallableFunction> callable() {
        return functions.stream()
                .filter(function -> named == null || function.name().equals(named))
                .toList();
    }
}
