package dev.septet.dsl.pipeline.deploy;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.deploy.DeploySpec.Quantization;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ExamChecksSpec;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.ScoreSpec;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A margin of the quantized forms' exam: how much worse than the unquantized model a form may be.
 *
 * @param maxDrop a fraction of the unquantized model's value: 0.02 = two percent
 * @param form the only format that has this margin; null for all files
 * @param on name of the only metric, score or part that has this margin; null for all
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

    /** Whether the exam measures a metric: all but those of people, who voted on the unquantized model's answers only. */
    public static boolean measures(MetricSpec metric) {
        MetricArguments arguments = metric.arguments();
        return arguments == null || arguments.votes() == null;
    }

    /** Names of the metrics, scores and parts that the exam measures, on any set of rows. */
    public static Set<String> measured(EvaluateSpec evaluate) {
        Set<String> names = new TreeSet<>();
        FormExamPart.sets(evaluate).forEach(set -> {
            set.metrics().stream()
                    .filter(FormExamSpec::measures)
                    .map(MetricSpec::name)
                    .forEach(names::add);
            set.scores().stream().map(ScoreSpec::name).forEach(names::add);
        });
        FormExamPart.of(evaluate).stream()
                .filter(FormExamPart::hasMargin)
                .map(FormExamPart::word)
                .forEach(names::add);
        return names;
    }

    /**
     * The evaluation as forms take it: without metrics of people, the search for error clusters, contamination, and the
     * comparison with retrieval. A set with metrics of people only has the loss instead.
     */
    public static EvaluateSpec examined(EvaluateSpec evaluate) {
        ExamChecksSpec checks = evaluate.checksOrNone();
        ExamChecksSpec kept =
                new ExamChecksSpec(null, checks.fairness(), checks.grounding(), checks.unanswerable(), null);
        List<MetricSpec> metrics = examined(evaluate.metrics());
        return new EvaluateSpec(
                metrics.isEmpty() ? EvaluateSpec.DEFAULT.metrics() : metrics,
                evaluate.scores(),
                evaluate.compare(),
                evaluate.champion(),
                evaluate.forgetting(),
                evaluate.limit(),
                evaluate.maxNewTokens(),
                evaluate.samples(),
                examined(evaluate.slices(), evaluate.metrics()),
                evaluate.tests().stream().map(set -> examined(evaluate, set)).toList(),
                evaluate.benchmarks(),
                kept.equals(ExamChecksSpec.NONE) ? null : kept,
                evaluate.safety(),
                List.of(),
                evaluate.policy());
    }

    private static TestSetSpec examined(EvaluateSpec evaluate, TestSetSpec set) {
        List<MetricSpec> metrics = examined(set.metrics());
        return new TestSetSpec(
                set.name(),
                set.path(),
                set.format(),
                set.names(),
                metrics.isEmpty() && !set.metrics().isEmpty() ? EvaluateSpec.DEFAULT.metrics() : metrics,
                set.scores(),
                set.compare(),
                set.champion(),
                examined(set.slices(), evaluate.of(set).metrics()),
                set.limit());
    }

    private static List<MetricSpec> examined(List<MetricSpec> metrics) {
        return metrics.stream().filter(FormExamSpec::measures).toList();
    }

    /** The slices that bound more than a metric of people. */
    private static List<SliceSpec> examined(List<SliceSpec> slices, List<MetricSpec> metrics) {
        return slices.stream()
                .filter(slice ->
                        metrics.stream().noneMatch(metric -> metric.name().equals(slice.on()) && !measures(metric)))
                .toList();
    }

    /** What the evaluation has and the forms are not asked for, with the reason. */
    public static List<String> leftOut(EvaluateSpec evaluate) {
        List<String> parts = new ArrayList<>();
        if (FormExamPart.sets(evaluate).flatMap(set -> set.metrics().stream()).anyMatch(metric -> !measures(metric))) {
            parts.add("metric humanWinRate (people voted on the unquantized model's answers only)");
        }
        ExamChecksSpec checks = evaluate.checksOrNone();
        if (checks.contamination() != null) {
            parts.add("contamination (it is about the data and the training, which all forms share)");
        }
        if (!evaluate.retrieval().isEmpty()) {
            parts.add("compare retrieval (it chooses between training and retrieval, not between forms)");
        }
        if (checks.errorClusters() != null) {
            parts.add("errorClusters (the verdict does not depend on them)");
        }
        return parts;
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
