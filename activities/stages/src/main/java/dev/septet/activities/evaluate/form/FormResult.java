package dev.septet.activities.evaluate.form;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.artifact.Verdict;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the exam found about one file of the model.
 *
 * @param form the format's name, such as {@code q4_k_m}; {@code model} for the unquantized model
 * @param file name of the file in the export
 * @param sha256 digest of the examined bytes
 * @param bytes size of the file
 * @param bitsPerWeight bits of the file per weight of the model, with all that it holds
 * @param divergence mean KL divergence from the unquantized model, in nats per token; null when it was not measured
 * @param refused why the form was left out before the exam; null when it took the exam
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FormResult(
        String form,
        String file,
        String sha256,
        long bytes,
        double bitsPerWeight,
        @Nullable Double divergence,
        @Nullable String refused,
        List<FormScore> scores) {
    public FormResult {
        scores = List.copyOf(scores);
    }

    /** GO when every score is; the form is published only then. */
    @JsonIgnore
    public Verdict verdict() {
        if (refused != null || scores.isEmpty() || has(Verdict.NO_GO)) {
            return Verdict.NO_GO;
        }
        return has(Verdict.INCONCLUSIVE) ? Verdict.INCONCLUSIVE : Verdict.GO;
    }

    /** Whether the form is published. */
    @JsonIgnore
    public boolean passes() {
        return verdict() == Verdict.GO;
    }

    /** The reasons of the worst verdict, as sentences. */
    @JsonIgnore
    public String why() {
        if (refused != null) {
            return refused;
        }
        Verdict worst = verdict();
        return worst == Verdict.GO
                ? "Every score passes."
                : scores.stream()
                        .filter(score -> score.verdict() == worst)
                        .map(FormScore::why)
                        .collect(Collectors.joining(" "));
    }

    private boolean has(Verdict verdict) {
        return scores.stream().anyMatch(score -> score.verdict() == verdict);
    }

    FormResult with(List<FormScore> others) {
        return new FormResult(form, file, sha256, bytes, bitsPerWeight, divergence, refused, others);
    }
}
