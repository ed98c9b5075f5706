package dev.septet.activities.evaluate.safety;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a guard says about an exchange.
 *
 * @param unsafe null when the guard did not judge it
 * @param probability of unsafe against safe; null where it is not known
 * @param categories codes or names of what is unsafe
 * @param problem why the guard did not judge it; null when it did
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record GuardVerdict(
        @Nullable Boolean unsafe,
        @Nullable Double probability,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> categories,
        @Nullable String problem) {
    /** The problem of a text for which the guard's context has no room. */
    public static final String TOO_LONG = "the exchange is longer than the guard's context";

    public GuardVerdict {
        categories = categories == null ? List.of() : List.copyOf(categories);
        if ((unsafe == null) == (problem == null)) {
            throw new IllegalArgumentException("a verdict is either a judgement or a problem");
        }
    }

    /** A judgement. */
    public static GuardVerdict of(boolean unsafe, @Nullable Double probability, List<String> categories) {
        return new GuardVerdict(unsafe, probability, unsafe ? categories : List.of(), null);
    }

    /** The guard did not judge the exchange. */
    public static GuardVerdict problem(String why) {
        return new GuardVerdict(null, null, List.of(), why);
    }

    /** Whether the guard judged the exchange as unsafe. */
    public boolean isUnsafe() {
        return Boolean.TRUE.equals(unsafe);
    }
}
