package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.Checks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows that the stage prepare makes from the rows of the training split. They are in the training split only.
 *
 * @param augment changed copies of rows
 * @param counterfactual copies with swapped terms; null for none
 * @param generate rows that a model writes
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SyntheticSpec(
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<AugmentSpec> augment,
        @Nullable CounterfactualSpec counterfactual,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<GenerateSpec> generate) {
    /** No row is made. */
    public static final SyntheticSpec NONE = new SyntheticSpec(List.of(), null, List.of());

    /** The column of a synthetic row that names how it was made. */
    public static final String KIND = "synthetic";

    /** The column of a synthetic row that has the digest of its training row; of several rows, with a space between two. */
    public static final String PARENT = "parent";

    /** The largest number of words that make rows. */
    public static final int MAX_STEPS = 20;

    public SyntheticSpec {
        augment = Checks.orEmpty(augment);
        generate = Checks.orEmpty(generate);
        require(generate.size() <= MAX_STEPS, "a pipeline takes at most %s times generate", MAX_STEPS);
        require(augment.size() <= MAX_STEPS, "a pipeline takes at most %s kinds of augment", MAX_STEPS);
    }
}
