package dev.septet.activities.evaluate.metric.value;

import dev.septet.activities.evaluate.metric.MeanOfRows;
import java.util.List;
import java.util.Optional;

/**
 * Fraction of answers with the tool calls of the reference. Parallel calls may have any order. Text beside the calls does
 * not count. Where the reference calls no tool, the answer must call none. Rows without any call at all are refused.
 */
public abstract class ToolMatch extends MeanOfRows {
    private final String name;
    private final boolean arguments;

    ToolMatch(String name, boolean arguments) {
        this.name = name;
        this.arguments = arguments;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    protected final double row(String reference, String answer) {
        return CallList.of(reference).sameAs(CallList.of(answer), arguments) ? 1 : 0;
    }

    @Override
    public final Optional<Misfit> misfit(List<String> references) {
        return references.stream().allMatch(reference -> CallList.of(reference).isEmpty())
                ? Optional.of(new Misfit(
                        0,
                        "has an answer without a tool call, and so have all test rows, but %s compares calls"
                                .formatted(name),
                        "use rows whose answers have `tool_calls`, or another metric"))
                : Optional.empty();
    }

    /** Names and arguments must be equal; arguments are compared as JSON values. */
    public static final class Calls extends ToolMatch {
        /** Needs no settings. */
        public Calls() {
            super("toolCalls", true);
        }
    }

    /** Names must be equal. */
    public static final class Names extends ToolMatch {
        /** Needs no settings. */
        public Names() {
            super("toolNames", false);
        }
    }
}
