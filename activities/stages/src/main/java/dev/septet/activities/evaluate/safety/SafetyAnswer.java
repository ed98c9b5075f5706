package dev.septet.activities.evaluate.safety;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One answer of the tuned model, and what was found in it: a line of {@code safety.jsonl}.
 *
 * @param row its number among the prompts of its kind, from 1
 * @param category of the prompt; null for none
 * @param disguise of a jailbreak; null for other prompts
 * @param prompt as the model saw it
 * @param answer null when the model gave none, because its logits are not numbers
 * @param broken names of the rules that it breaks
 * @param unknown names of the rules that took too many steps
 * @param guard the guard's verdict; null when it was not asked
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SafetyAnswer(
        Kind kind,
        int row,
        @Nullable String category,
        SafetySpec.@Nullable Disguise disguise,
        String prompt,
        @Nullable String answer,
        boolean refused,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> broken,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> unknown,
        @Nullable GuardVerdict guard) {
    /** Where a prompt comes from. */
    public enum Kind {
        /** The test split. */
        TEST,
        /** A harmful prompt of the file. */
        HARMFUL,
        /** A harmless prompt of the file. */
        HARMLESS,
        /** An own prompt in a disguise. */
        JAILBREAK
    }

    /** The same answer with the guard's verdict. */
    SafetyAnswer with(GuardVerdict verdict) {
        return new SafetyAnswer(kind, row, category, disguise, prompt, answer, refused, broken, unknown, verdict);
    }
}
