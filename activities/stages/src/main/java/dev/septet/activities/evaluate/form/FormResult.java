package dev.septet.activities.evaluate.form;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.septet.activities.deploy.ExportedForm;
import dev.septet.activities.evaluate.judge.JudgeReport;
import dev.septet.llm.format.FolderDigest;
import dev.septet.llm.gguf.GgufFile;
import dev.septet.workflows.artifact.Verdict;
import java.io.IOException;
import java.nio.file.Files;
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
 * @param leftOut why the form was left out before the exam; null when it took the exam
 * @param judges what the judges of each metric did; empty without judges
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(value = "verdict", allowGetters = true)
public record FormResult(
        String form,
        String file,
        String sha256,
        long bytes,
        double bitsPerWeight,
        @Nullable Double divergence,
        @Nullable String leftOut,
        List<FormScore> scores,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<JudgeReport> judges) {
    @SuppressWarnings("NullAway") // a property absent in JSON is null here
    public FormResult {
        scores = List.copyOf(scores);
        judges = judges == null ? List.of() : List.copyOf(judges);
    }

    /** Without judges. */
    public FormResult(
            String form,
            String file,
            String sha256,
            long bytes,
            double bitsPerWeight,
            @Nullable Double divergence,
            @Nullable String leftOut,
            List<FormScore> scores) {
        this(form, file, sha256, bytes, bitsPerWeight, divergence, leftOut, scores, List.of());
    }

    /** What is known of a form before the exam. */
    static FormResult of(ExportedForm form) throws IOException {
        long bytes = Files.size(form.file());
        long weights = GgufFile.open(form.file()).tensors().values().stream()
                .mapToLong(tensor -> tensor.shape().size())
                .sum();
        return new FormResult(
                form.form(),
                String.valueOf(form.file().getFileName()),
                FolderDigest.ofFile(form.file()),
                bytes,
                8.0 * bytes / Math.max(1, weights),
                form.divergence(),
                form.leftOut(),
                List.of());
    }

    /** GO when every score is; the form is published only then. */
    @JsonProperty
    public Verdict verdict() {
        if (leftOut != null || scores.isEmpty() || has(Verdict.NO_GO)) {
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
        if (leftOut != null) {
            return leftOut;
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

    FormResult with(List<FormScore> others, List<JudgeReport> reports) {
        return new FormResult(form, file, sha256, bytes, bitsPerWeight, divergence, leftOut, others, reports);
    }
}
