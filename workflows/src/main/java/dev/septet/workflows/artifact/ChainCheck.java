package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One property that a form of a model must share with the form that it was made from.
 *
 * @param link the link of the chain, from one form to the next
 * @param form the form that is checked, such as {@code model-q8_0.gguf}
 * @param measure what was measured, with its unit
 * @param measured NaN when it could not be measured
 * @param atLeast whether the bound is a lower one; otherwise it is an upper one
 * @param bound the bound of the measured value
 * @param problem what is wrong, where, and what to do; null when the check holds
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ChainCheck(
        ChainLink link,
        String form,
        String measure,
        double measured,
        boolean atLeast,
        double bound,
        @Nullable String problem) {

    /** Whether the check holds. */
    @JsonIgnore
    public boolean holds() {
        return problem == null;
    }

    /** The bound, for people. */
    public String bounded() {
        return (atLeast ? "at least " : "at most ") + number(bound);
    }

    /** A number for people: whole numbers plain, others with three digits. */
    public static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.3g", value);
    }

    /** One sentence for the person who must repair it: link, form, measured value, bound, and next step. */
    public String sentence() {
        return "link '%s' of the chain %s: %s: %s is %s, allowed is %s; %s"
                .formatted(
                        link.word(),
                        holds() ? "holds" : "is broken",
                        form,
                        measure,
                        number(measured),
                        bounded(),
                        problem == null ? "nothing to do" : problem);
    }
}
