package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Copies of training rows in which terms are swapped, such as he and she.
 *
 * @param pairs each term with its counterpart; the counterpart is also replaced by the term
 * @param file path of a file with more pairs; null for none
 * @see <a href="https://arxiv.org/abs/1807.11714">Lu et al., 2018: Gender bias in neural natural language processing</a>
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CounterfactualSpec(
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> pairs,
        @Nullable String file) {
    /** The largest number of pairs. */
    public static final int MAX_PAIRS = 1000;

    /** The largest number of characters of a term. */
    public static final int LONGEST_TERM = 100;

    public CounterfactualSpec {
        pairs = Collections.unmodifiableMap(pairs == null ? new TreeMap<>() : new TreeMap<>(pairs));
        require(!pairs.isEmpty() || file != null, "counterfactual needs pairs of terms, such as he: 'she'");
        require(pairs.size() <= MAX_PAIRS, "counterfactual takes at most %s pairs", MAX_PAIRS);
        pairs.forEach((term, counterpart) -> {
            String objection = objection(term, counterpart);
            require(objection == null, "counterfactual: %s", objection);
        });
    }

    /** What is wrong with a pair; null when it is valid. */
    public static @Nullable String objection(String term, String counterpart) {
        for (String one : new String[] {term, counterpart}) {
            if (one.isBlank() || one.length() > LONGEST_TERM || !one.equals(one.strip())) {
                return "a term needs 1 to %s characters, without spaces around it".formatted(LONGEST_TERM);
            }
            if (!edge(one.codePointAt(0)) || !edge(one.codePointBefore(one.length()))) {
                return "a term begins and ends with a letter or a digit";
            }
        }
        return term.equalsIgnoreCase(counterpart) ? "a pair has two different terms" : null;
    }

    private static boolean edge(int character) {
        return Character.isLetterOrDigit(character);
    }
}
