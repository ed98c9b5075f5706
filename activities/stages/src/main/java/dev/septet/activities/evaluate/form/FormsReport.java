package dev.septet.activities.evaluate.form;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.deploy.ExaminedFiles;
import dev.septet.activities.evaluate.gate.ParetoFront;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.format.FormatProblem;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the exam found about all forms: {@code forms.json} in the export. Equal findings give equal bytes; measured times are
 * elsewhere ({@code FormSpeed}).
 *
 * @param version increased when a reader of the older format would misread the newer one
 * @param seed seed of sampled answers and of the bootstrap
 * @param precision precision in which all forms were computed
 * @param notExamined metrics and other parts of the evaluation that the forms were not asked for
 * @param forms the unquantized model, then the files in the order of the export
 * @param parts what the exam had beside metrics and scores, in words of the pipeline file; null when it had only them
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FormsReport(
        int version,
        long seed,
        String precision,
        List<String> notExamined,
        List<FormResult> forms,
        @Nullable String parts) {
    /** Name of the file in the export. */
    public static final String FILE = ExaminedFiles.FILE;

    /** Form of the unquantized model. */
    public static final String MODEL = "model";

    private static final int VERSION = 1;
    private static final long MAX_BYTES = 16L << 20;

    public FormsReport {
        notExamined = List.copyOf(notExamined);
        forms = List.copyOf(forms);
    }

    /** The findings, with the Pareto front of each metric. */
    public static FormsReport of(long seed, String precision, List<String> notExamined, List<FormResult> forms) {
        return of(seed, precision, notExamined, forms, null);
    }

    /** The findings of an exam with further parts. */
    static FormsReport of(
            long seed, String precision, List<String> notExamined, List<FormResult> forms, @Nullable String parts) {
        return new FormsReport(VERSION, seed, precision, notExamined, marked(forms), parts);
    }

    /** The findings of an export; empty when its forms took no exam. */
    public static Optional<FormsReport> read(Path export) throws IOException {
        Path file = export.resolve(FILE);
        if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
            return Optional.empty();
        }
        try {
            return Optional.of(SpecJson.mapper().readValue(file.toFile(), FormsReport.class));
        } catch (JsonProcessingException damaged) {
            throw new FormatProblem(file, "it is damaged: " + damaged.getOriginalMessage());
        }
    }

    /** Writes the file. */
    public void write(Path export) throws IOException {
        Files.writeString(export.resolve(FILE), text());
    }

    private String text() throws IOException {
        return SpecJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n";
    }

    /** Stores the findings under the export's digest too, so that a page needs no copy of the export. */
    public void store(ArtifactStore store, ArtifactRef export, Fence fence) throws IOException {
        store.putRecord(record(export), text(), fence);
    }

    /** The findings about a stored export; empty when its forms took no exam. */
    public static Optional<FormsReport> of(ArtifactStore store, ArtifactRef export) throws IOException {
        Optional<String> text = store.record(record(export));
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(SpecJson.mapper().readValue(text.get(), FormsReport.class));
        } catch (JsonProcessingException damaged) {
            return Optional.empty();
        }
    }

    /** The same forms, with the scores on the Pareto front marked. */
    private static List<FormResult> marked(List<FormResult> forms) {
        List<FormResult> marked = new ArrayList<>();
        for (FormResult form : forms) {
            List<FormScore> scores = new ArrayList<>();
            for (FormScore score : form.scores()) {
                scores.add(score.measured() ? score.with(onFront(forms, form, score)) : score);
            }
            marked.add(form.with(scores, form.judges()));
        }
        return marked;
    }

    private static boolean onFront(List<FormResult> forms, FormResult form, FormScore score) {
        double[] bytes = forms.stream().mapToDouble(FormResult::bytes).toArray();
        double[] values =
                forms.stream().mapToDouble(each -> value(each, score.metric())).toArray();
        return ParetoFront.of(bytes, values, score.lowerIsBetter())[forms.indexOf(form)];
    }

    /** A form's value of a metric; NaN when it was not measured. */
    private static double value(FormResult form, String metric) {
        return form.scores().stream()
                .filter(score -> score.metric().equals(metric) && score.measured())
                .mapToDouble(FormScore::after)
                .findFirst()
                .orElse(Double.NaN);
    }

    private static String record(ArtifactRef export) {
        return "forms/" + export.sha256();
    }

    /** The GGUF files that took the exam, or were left out before it. */
    public List<FormResult> files() {
        return forms.stream().filter(form -> !form.form().equals(MODEL)).toList();
    }
}
