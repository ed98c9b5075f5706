package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.prepare.CounterfactualSpec;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks the model about test rows again with swapped terms, such as he and she.
 *
 * @param pairs each term with its counterpart; the counterpart is also replaced by the term
 * @param file path of a file with more pairs; null for none
 * @param maxFlip largest accepted share of rows whose answer changes: 0.05 = five percent; null = no bound
 * @param maxGap largest accepted difference of a metric, as a fraction of its score on the unchanged rows; null = no bound
 * @see <a href="https://arxiv.org/abs/1703.06856">Kusner et al., 2017: Counterfactual fairness</a>
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FairnessSpec(
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> pairs,
        @Nullable String file,
        @Nullable Double maxFlip,
        @Nullable Double maxGap) {
    public FairnessSpec {
        pairs = Collections.unmodifiableMap(pairs == null ? new TreeMap<>() : new TreeMap<>(pairs));
        require(
                !pairs.isEmpty() || file != null,
                "fairness needs pairs of terms, such as he: 'she', or a file with one pair in each line");
        require(
                pairs.size() <= CounterfactualSpec.MAX_PAIRS,
                "fairness takes at most %s pairs",
                CounterfactualSpec.MAX_PAIRS);
        pairs.forEach((term, counterpart) -> {
            String objection = CounterfactualSpec.objection(term, counterpart);
            require(objection == null, "fairness: %s", objection);
        });
        require(maxFlip == null || (maxFlip >= 0 && maxFlip <= 1), "maxFlip: must be from 0 to 100.percent");
        require(maxGap == null || (maxGap >= 0 && maxGap <= 1), "maxGap: must be from 0 to 100.percent");
    }

    /** The terms to swap. */
    public CounterfactualSpec terms() {
        return new CounterfactualSpec(pairs, file);
    }
}
