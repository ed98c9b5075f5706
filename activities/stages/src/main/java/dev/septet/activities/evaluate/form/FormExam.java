package dev.septet.activities.evaluate.form;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.deploy.ExportedForm;
import dev.septet.activities.evaluate.ClusterColumns;
import dev.septet.activities.evaluate.MetricFiles;
import dev.septet.activities.evaluate.Predictions;
import dev.septet.activities.evaluate.RowSource;
import dev.septet.activities.evaluate.Slices;
import dev.septet.activities.evaluate.TestSet;
import dev.septet.activities.evaluate.TestSetFile;
import dev.septet.activities.evaluate.cluster.ClusterFiles;
import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.gate.Gate;
import dev.septet.activities.evaluate.gate.Measurement;
import dev.septet.activities.evaluate.gate.SliceTable;
import dev.septet.activities.evaluate.metric.ExpressionScore;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.expression.ExpressionProblem;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.FormExamSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.ScoreSpec;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.Score;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks the forms of a model the rows of its evaluation, and compares each with the unquantized model row by row. Prompts,
 * seeds and precision are those of the evaluation, so the unquantized model's answers are the stored ones. One form is in
 * memory at a time.
 */
public final class FormExam {
    /** Name of the unquantized model in progress reports and measured times. */
    public static final String WHOLE = "tuned model";

    private final EvaluateSpec spec;
    private final DeploySpec margins;
    private final long seed;
    private final List<TestSet> sets;
    private final Candidate base;
    private final Candidate whole;
    private final Predictions predictions;
    private final Listener listener;
    private final Map<String, List<Outcome>> reference = new TreeMap<>();

    /** Receives the number of answered rows, the number of all rows of this form, and the current activity. */
    @FunctionalInterface
    public interface Listener {
        void report(String doing, int done, int total);
    }

    /**
     * What the forms are compared with.
     *
     * @param base the base model, whose hidden states compare texts
     * @param whole the tuned model, as the evaluation measured it
     */
    public record Models(Candidate base, Candidate whole) {}

    private FormExam(
            EvaluateSpec spec,
            DeploySpec margins,
            long seed,
            List<TestSet> sets,
            Models models,
            Predictions predictions,
            Listener listener) {
        this.spec = spec;
        this.margins = margins;
        this.seed = seed;
        this.sets = sets;
        this.base = models.base();
        this.whole = models.whole();
        this.predictions = predictions;
        this.listener = listener;
    }

    /**
     * Reads the rows of the exam.
     *
     * @param margins how much worse the forms may be
     * @param dataset folder of the prepared dataset
     * @param evaluated folder of the evaluation's report, which names the digests of the named sets
     * @throws StageProblem INVALID_PIPELINE when the file of a named set has changed since the evaluation
     */
    public static FormExam of(
            PipelineFiles files,
            RunRef run,
            EvaluateSpec evaluate,
            DeploySpec margins,
            long seed,
            Path dataset,
            ArtifactRef ref,
            Path evaluated,
            Models models,
            Predictions predictions,
            Listener listener)
            throws IOException {
        EvaluateSpec spec = MetricFiles.read(files, run, evaluate);
        List<TestSet> sets = new ArrayList<>();
        sets.add(TestSet.split(spec, RowSource.test(dataset, ref, spec, seed)));
        List<TestSetFile> named = TestSetFile.of(files, run, evaluate);
        JsonNode lineage = named.isEmpty()
                ? MissingNode.getInstance()
                : SpecJson.mapper()
                        .readTree(evaluated.resolve("results.json").toFile())
                        .path("lineage");
        for (int at = 0; at < named.size(); at++) {
            requireUnchanged(named.get(at), lineage);
            sets.add(named.get(at).with(spec.tests().get(at)).read(spec, seed));
        }
        ClusterFiles clusters = ClusterFiles.read(files, run, spec);
        clusters.require(models.base().digest());
        ClusterColumns columns = new ClusterColumns(
                clusters,
                models.base(),
                predictions,
                (done, total) -> listener.report("assigning error clusters", done, total));
        return new FormExam(spec, margins, seed, columns.of(sets), models, predictions, listener);
    }

    private static void requireUnchanged(TestSetFile set, JsonNode lineage) {
        String known = lineage.path("test set " + set.spec().name()).asText();
        if (!known.equals(set.digest())) {
            throw StageProblem.invalid(
                    "deploy: exam: '%s' of test '%s' has changed since the evaluation, so the forms would take another exam than the model; run the pipeline again"
                            .formatted(set.spec().path(), set.spec().name()));
        }
    }

    /** Digest of the files that the exam reads, for keys; null where it reads none. */
    public static @Nullable String filesDigest(PipelineFiles files, RunRef run, EvaluateSpec spec) throws IOException {
        String metrics = MetricFiles.digest(files, run, spec);
        List<TestSetFile> sets = TestSetFile.of(files, run, spec);
        if (metrics == null && sets.isEmpty()) {
            return null;
        }
        StringBuilder all = new StringBuilder("metrics %s\n".formatted(metrics));
        sets.forEach(set -> all.append(set.digest()).append('\n'));
        return Sha256.of(all.toString());
    }

    /**
     * Number of rows that each form answers.
     *
     * @param testRows rows of the test split
     */
    public static long rows(PipelineFiles files, RunRef run, EvaluateSpec spec, long testRows) throws IOException {
        EvaluateSpec whole = MetricFiles.read(files, run, spec);
        long rows = spec.limit() == 0 ? testRows : Math.min(spec.limit(), testRows);
        for (TestSetFile file : TestSetFile.of(files, run, whole)) {
            rows += file.read(whole, 0).rows().rows().size();
        }
        return rows;
    }

    /** The parts of the evaluation that forms are not asked for. */
    public List<String> notExamined() {
        List<String> parts = new ArrayList<>();
        for (TestSet set : sets) {
            set.spec().metrics().stream()
                    .filter(metric -> !FormExamSpec.measures(metric))
                    .forEach(metric -> parts.add("metric " + Gate.on(metric.name(), set.name())));
        }
        if (spec.champion() != null) {
            parts.add("compare champion");
        }
        if (spec.compare() != null) {
            parts.add("compare baseline");
        }
        if (spec.forgetting() != null) {
            parts.add("forgetting");
        }
        spec.benchmarks().forEach(each -> parts.add("benchmark"));
        if (spec.checks() != null) {
            parts.add("checks");
        }
        if (spec.safety() != null) {
            parts.add("safety");
        }
        return parts.stream().distinct().toList();
    }

    /** The unquantized model's scores, which are those of the evaluation. */
    FormResult whole(long bytes, long weights) throws IOException {
        Bootstrap bootstrap = new Bootstrap(seed);
        List<FormScore> scores = new ArrayList<>();
        for (TestSet set : sets) {
            List<Outcome> outcomes = reference(set);
            for (MetricSpec metric : measured(set)) {
                scores.add(score(set, Metrics.of(metric), null, outcomes, null, null, null, bootstrap));
            }
            for (ScoreSpec score : set.spec().scores()) {
                scores.add(score(set, new ExpressionScore(score), null, outcomes, null, null, null, bootstrap));
            }
        }
        String digest = whole.adapterDigest() == null ? whole.digest() : whole.adapterDigest();
        return new FormResult(
                FormsReport.MODEL, "model/", digest, bytes, 8.0 * bytes / Math.max(1, weights), 0.0, null, scores);
    }

    /** The scores of a form. */
    FormResult of(ExportedForm form) throws IOException {
        FormResult known = FormResult.of(form);
        Candidate candidate = new Candidate(form.form(), form.read(), known.sha256(), null, null, whole.precision());
        Bootstrap bootstrap = new Bootstrap(seed);
        List<FormScore> scores = new ArrayList<>();
        int done = 0;
        for (TestSet set : sets) {
            List<Outcome> before = reference(set);
            List<Outcome> after = outcomes(candidate, set, done);
            done += after.size();
            for (MetricSpec metric : measured(set)) {
                scores.add(score(
                        set,
                        Metrics.of(metric),
                        before,
                        after,
                        metric.above(),
                        metric.below(),
                        margins.maxDrop(form.format(), metric.name()),
                        bootstrap));
            }
            for (ScoreSpec score : set.spec().scores()) {
                scores.add(score(
                        set,
                        new ExpressionScore(score),
                        before,
                        after,
                        score.above(),
                        score.below(),
                        margins.maxDrop(form.format(), score.name()),
                        bootstrap));
            }
            scores.addAll(slices(set, after, bootstrap));
        }
        return known.with(scores);
    }

    /** Precision in which all forms are computed. */
    public String precision() {
        return whole.computedIn();
    }

    /** Seed of sampled answers and of the bootstrap. */
    public long seed() {
        return seed;
    }

    private static List<MetricSpec> measured(TestSet set) {
        return set.spec().metrics().stream().filter(FormExamSpec::measures).toList();
    }

    private List<Outcome> reference(TestSet set) throws IOException {
        List<Outcome> known = reference.get(set.name());
        if (known == null) {
            known = outcomes(whole, set, 0);
            reference.put(set.name(), known);
        }
        return known;
    }

    private List<Outcome> outcomes(Candidate candidate, TestSet set, int before) throws IOException {
        int total = sets.stream().mapToInt(each -> each.rows().rows().size()).sum();
        String doing = "exam of " + candidate.name();
        List<Prediction> computed =
                predictions.of(candidate, set.rows(), done -> listener.report(doing, before + done, total));
        return set.rows().outcomes(predictions.similar(base, set.rows(), computed));
    }

    private static FormScore score(
            TestSet set,
            Metric metric,
            @Nullable List<Outcome> before,
            List<Outcome> after,
            @Nullable Double above,
            @Nullable Double below,
            @Nullable Double maxDrop,
            Bootstrap bootstrap) {
        Measurement measured = measure(metric, before, after, bootstrap).on(set.name());
        Score score = Gate.ofForm(measured, above, below, before == null ? null : maxDrop);
        return new FormScore(
                score.metric(),
                measured.lowerIsBetter(),
                score.before(),
                score.after(),
                measured.interval(),
                score.low(),
                score.high(),
                maxDrop,
                score.rows(),
                score.verdict(),
                score.why(),
                false);
    }

    private static Measurement measure(
            Metric metric, @Nullable List<Outcome> before, List<Outcome> after, Bootstrap bootstrap) {
        try {
            return Measurement.of(metric, before, after, bootstrap);
        } catch (ExpressionProblem e) {
            throw StageProblem.invalid(
                    "score '%s' at %s; correct the expression".formatted(metric.name(), e.getMessage()));
        }
    }

    /** The bounds of slices. Their tables are those of the evaluation's report, and are not written again. */
    private static List<FormScore> slices(TestSet set, List<Outcome> after, Bootstrap bootstrap) {
        List<FormScore> scores = new ArrayList<>();
        for (SliceSpec slice : set.spec().slices()) {
            if (slice.maxGap() == null) {
                continue;
            }
            List<String> names = Slices.names(slice, set.rows());
            List<Metric> metrics = new ArrayList<>();
            measured(set).forEach(metric -> metrics.add(Metrics.of(metric)));
            set.spec().scores().forEach(score -> metrics.add(new ExpressionScore(score)));
            for (Metric metric : metrics) {
                SliceTable.of(metric, slice, names, null, after, bootstrap)
                        .judge(set.name())
                        .ifPresent(score -> scores.add(new FormScore(
                                score.metric(),
                                metric.lowerIsBetter(),
                                null,
                                score.after(),
                                null,
                                score.low(),
                                score.high(),
                                null,
                                score.rows(),
                                score.verdict(),
                                score.why(),
                                false)));
            }
        }
        return scores;
    }
}
