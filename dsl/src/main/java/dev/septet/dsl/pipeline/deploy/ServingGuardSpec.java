package dev.septet.dsl.pipeline.deploy;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.Checks;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The guard that stands before and after the served model.
 *
 * @param judge the guard model, and from which probability on a text is unsafe
 * @param on what it judges, each once, in the order of a request
 * @param action what happens to an unsafe prompt or answer
 * @param refusal text that the client gets instead of an unsafe answer; null when nothing is refused
 * @param categories codes or names of the categories that count; empty = all
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ServingGuardSpec(
        SafetySpec.Guard judge,
        List<Side> on,
        Action action,
        @Nullable String refusal,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> categories) {
    /** The guard's places, unless the file sets others. */
    public static final List<Side> DEFAULT_ON = List.of(Side.INPUT, Side.OUTPUT);

    public static final Action DEFAULT_ACTION = Action.REFUSE;

    /** The answer of a refused request, unless the file sets another one. */
    public static final String DEFAULT_REFUSAL = "I'm sorry, but I can't help with that.";

    private static final int LONGEST_REFUSAL = 2000;
    private static final int MOST_CATEGORIES = 30;
    private static final int LONGEST_CATEGORY = 60;

    /** What a guard judges. */
    public enum Side {
        /** What the user asks, before the model answers. */
        INPUT,
        /** What the model answers, before it leaves. */
        OUTPUT
    }

    /** What happens to an unsafe prompt or answer. */
    public enum Action {
        /** The client gets the text of {@code refusal:} instead. */
        REFUSE,
        /** The client gets the answer. The audit log has the verdict. */
        FLAG
    }

    public ServingGuardSpec {
        on = List.copyOf(new TreeSet<>(on));
        categories = Checks.orEmpty(categories);
        require(!on.isEmpty(), "on: names input, output or both");
        require(
                (action == Action.FLAG) == (refusal == null),
                action == Action.FLAG
                        ? "refusal: is for action: refuse; with action: flag, the client gets the model's answer"
                        : "action: refuse needs the text of the refusal");
        require(
                refusal == null || (!refusal.isBlank() && refusal.length() <= LONGEST_REFUSAL),
                "refusal: is a text of 1 to %s characters",
                LONGEST_REFUSAL);
        require(categories.size() <= MOST_CATEGORIES, "categories: names at most %s categories", MOST_CATEGORIES);
        require(new HashSet<>(categories).size() == categories.size(), "categories: names a category twice");
        for (String category : categories) {
            require(
                    !category.isBlank() && category.length() <= LONGEST_CATEGORY && category.equals(category.strip()),
                    "a category has 1 to %s characters and no spaces at its ends",
                    LONGEST_CATEGORY);
        }
    }

    /** Whether the guard judges this side. */
    public boolean judges(Side side) {
        return on.contains(side);
    }

    /** Whether an unsafe text is refused. */
    public boolean refuses() {
        return action == Action.REFUSE;
    }
}
