package dev.septet.workers.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.evaluate.form.FormExamSize;
import dev.septet.activities.evaluate.form.FormSpeed;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.FormExamPart;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.DatasetRef;
import java.io.IOException;
import java.util.Collections;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The exam of the quantized forms. The unquantized model is not asked again.
 *
 * @param forms GGUF files that take the exam: the quantized ones and the 16-bit one
 * @param rows rows that each form reads, at most; null while the data's size is not known
 * @param answers answers of all forms; null as above
 * @param seconds their time; null while no exam of this pipeline has measured it
 * @param measuredBy id of the run that measured it; null as above
 * @param parts rows of each form beside the test split and the named sets, by the word of the part; {@code judges} are
 *     verdicts of other models, at most, and are not in {@code rows}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FormExamForecast(
        int forms,
        @Nullable Long rows,
        @Nullable Long answers,
        @Nullable Double seconds,
        @Nullable String measuredBy,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) SortedMap<String, Long> parts) {
    public FormExamForecast {
        parts = Collections.unmodifiableSortedMap(new TreeMap<>(parts));
    }

    static FormExamForecast of(
            ArtifactStore store, PipelineFiles files, RunRef run, PipelineSpec spec, @Nullable DatasetRef data)
            throws IOException {
        DeploySpec deploy = Objects.requireNonNull(spec.deploy());
        int forms = deploy.quantize().size() + 1;
        if (data == null) {
            return new FormExamForecast(forms, null, null, null, null, new TreeMap<>());
        }
        FormExamSize size = FormExamSize.of(files, run, spec.evaluate(), data.testRows());
        long rows = size.read();
        long answers = rows * forms;
        Optional<FormSpeed> last = FormSpeed.last(store, run.pipeline()).filter(speed -> speed.secondsPerRow() > 0);
        return new FormExamForecast(
                forms,
                rows,
                answers,
                last.map(speed -> speed.secondsPerRow() * answers).orElse(null),
                last.map(FormSpeed::runId).orElse(null),
                size.parts());
    }

    /**
     * The forecast in words.
     *
     * @param time from seconds to words
     */
    public String words(DoubleFunction<String> time) {
        if (rows == null || answers == null) {
            return String.format(
                    Locale.ROOT,
                    "%d forms take the exam; the number of answers is known once the data is prepared",
                    forms);
        }
        String known = String.format(
                Locale.ROOT,
                "%d forms answer %s%,d rows each%s: %,d further answers",
                forms,
                parts.containsKey(FormExamPart.FAIRNESS.word()) ? "at most " : "",
                rows,
                among(),
                answers);
        Long verdicts = parts.get(FormExamPart.JUDGES.word());
        if (verdicts != null) {
            known += String.format(
                    Locale.ROOT,
                    ", and at most %,d verdicts of judges for each form, within the budgets of the metrics",
                    verdicts);
        }
        return seconds == null
                ? known + "; their time is known after the first exam"
                : "%s, about %s if a row takes as long as run %s measured"
                        .formatted(known, time.apply(seconds), measuredBy);
    }

    /** The rows of the parts, in words. */
    private String among() {
        String words = parts.entrySet().stream()
                .filter(part -> !part.getKey().equals(FormExamPart.JUDGES.word()))
                .map(part -> String.format(Locale.ROOT, "%,d of %s", part.getValue(), part.getKey()))
                .collect(Collectors.joining(", "));
        return words.isEmpty() ? "" : " (" + words + ")";
    }
}
