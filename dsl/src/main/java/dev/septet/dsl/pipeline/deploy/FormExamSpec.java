package dev.septet.dsl.pipeline.deploy;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.deploy.DeploySpec.Quantization;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.ScoreSpec;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A margin of the quantized forms' exam: how much worse than the unquantized model a form may be.
 *
 * @param maxDrop a fraction of the unquantized model's value: 0.02 = two percent
 * @param form the only format that has this margin; null for all files
 * @param on name of the only metric or score that has this margin; null for all
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FormExamSpec(
        double maxDrop,
        @Nullable Quantization form,
        @Nullable String on) {
    public FormExamSpec {
        require(maxDrop >= 0 && maxDrop <= 1, "maxDrop: must be from 0 to 100.percent");
        require(on == null || !on.isBlank(), "on: needs the name of a metric");
        form = form == null ? null : form.canonical();
    }

    /**
     * Whether the exam measures a metric: all but those of judges, which cost money for each answer, and of people, who voted
     * on the answers of the unquantized model only.
     */
    public static boolean measures(MetricSpec metric) {
        return !metric.judged();
    }

    /** Names of the metrics and scores that the exam measures on any set of rows. */
    public static Set<String> measured(EvaluateSpec evaluate) {
        Set<String> names = new TreeSet<>();
        Stream.concat(Stream.of(evaluate), evaluate.tests().stream().map(evaluate::of))
                .forEach(set -> {
                    set.metrics().stream()
                            .filter(FormExamSpec::measures)
                            .map(MetricSpec::name)
                            .forEach(names::add);
                    set.scores().stream().map(ScoreSpec::name).forEach(names::add);
                });
        return names;
    }

    /** Whether this margin is about a format and a metric. */
    boolean covers(@Nullable Quantization format, String metric) {
        return (form == null || (format != null && form == format.canonical())) && (on == null || on.equals(metric));
    }

    /** How many options limit it: 0 for the margin of everything. */
    int precision() {
        return (form == null ? 0 : 1) + (on == null ? 0 : 1);
    }

    /** What the margin is about, in words of the pipeline file. Two margins about the same thing contradict each other. */
    public String words() {
        String what = form == null ? "all forms" : form.name().toLowerCase(Locale.ROOT);
        return on == null ? what : "%s on '%s'".formatted(what, on);
    }
}
