package dev.septet.activities.evaluate;

import dev.septet.activities.answer.Teachers;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.evaluate.cluster.ClusterFiles;
import dev.septet.activities.evaluate.gate.PowerForecast;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.evaluate.ContaminationSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ExamChecksSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.evaluate.GroundingSpec;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.RetrievalSpec;
import dev.septet.dsl.pipeline.evaluate.ScoreSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checks the inputs of the evaluation before training, by the evaluation's own rules. */
public final class EvaluationInputs {
    private EvaluationInputs() {}

    /**
     * Checks that every metric can be computed on the test split.
     *
     * @param dataset folder of the prepared dataset
     * @throws StageProblem INVALID_PIPELINE naming the row and the metric that do not fit
     */
    public static void checkTest(Path dataset, ArtifactRef ref, EvaluateSpec spec) throws IOException {
        Slices.check(spec.slices(), RowSource.test(dataset, ref, spec, 0));
    }

    /**
     * Checks that rows of a format have the fields that the metrics read.
     *
     * @param source the name of the rows in the pipeline file
     * @throws StageProblem INVALID_PIPELINE naming the metrics that read answers
     */
    public static void checkFormat(EvaluateSpec spec, DatasetFormat format, String source) {
        List<String> reading = readingAnswers(spec);
        ExamChecksSpec checks = spec.checksOrNone();
        if (format == DatasetFormat.TEXT && (checks.fairness() != null || checks.grounding() != null)) {
            throw StageProblem.invalid(
                    "evaluate: %s: its rows are plain text, but `%s` asks the model about the test rows; remove it, or use rows with answers"
                            .formatted(source, checks.fairness() != null ? "fairness" : "grounding"));
        }
        if (format == DatasetFormat.TEXT && !reading.isEmpty()) {
            throw StageProblem.invalid(
                    "evaluate: %s: its rows are plain text, but %s compares written answers with a reference; use loss or perplexity, or rows with answers"
                            .formatted(source, String.join(", ", reading)));
        }
    }

    /**
     * Checks that every metric can be measured on the model that this back end makes.
     *
     * @param by null = Septet's own engine
     * @param losses whether the losses of given answers can be measured on its models
     * @throws StageProblem INVALID_PIPELINE naming what needs losses, where a service keeps the model
     */
    public static void checkMeasurable(EvaluateSpec spec, @Nullable BackEndSpec by, boolean losses) {
        if (by != null && by.keepsModel() && !spec.benchmarks().isEmpty()) {
            throw StageProblem.invalid(
                    "evaluate: `benchmark` needs a model that Septet's engine runs, but `by %s` leaves it with a service; remove the benchmark"
                            .formatted(by.written()));
        }
        if (by != null && by.keepsModel() && !spec.retrieval().isEmpty()) {
            throw StageProblem.invalid(
                    "evaluate: `compare retrieval` needs a model that Septet's engine runs, but `by %s` leaves it with a service; remove the comparison"
                            .formatted(by.written()));
        }
        GroundingSpec grounding = spec.checksOrNone().grounding();
        if (by != null && by.keepsModel() && grounding != null && grounding.samples() != null) {
            throw StageProblem.invalid(
                    "evaluate: `grounding samples:` needs Septet's own engine, but `by %s` leaves the model with a service; remove `samples:`"
                            .formatted(by.written()));
        }
        if (by != null && by.keepsModel() && ClusterFiles.readsHiddenStates(spec)) {
            throw StageProblem.invalid(
                    "evaluate: `errorClusters` and `slices from:` compare hidden states, which Septet's own engine computes, but `by %s` leaves the model with a service; remove them"
                            .formatted(by.written()));
        }
        if (by == null || losses) {
            return;
        }
        List<String> needing = new ArrayList<>();
        Stream.concat(spec.metrics().stream(), spec.tests().stream().flatMap(test -> spec.of(test).metrics().stream()))
                .filter(metric -> !Metrics.of(metric).readsAnswer())
                .map(metric -> "`metric %s`".formatted(metric.name()))
                .distinct()
                .forEach(needing::add);
        if (spec.forgetting() != null) {
            needing.add("`forgetting`");
        }
        ContaminationSpec contamination = spec.checksOrNone().contamination();
        if (contamination != null && contamination.maxMembership() != null) {
            needing.add("`contamination maxMembership:`");
        }
        if (!needing.isEmpty()) {
            throw StageProblem.invalid(
                    "evaluate: %s needs the losses of given answers, but `by %s` leaves the model with a service that does not show them; use metrics of answers, such as `metric exactMatch`"
                            .formatted(String.join(", ", needing), by.written()));
        }
    }

    /** Metrics, scores and comparisons that read a generated answer. */
    static List<String> readingAnswers(EvaluateSpec spec) {
        return Stream.of(
                        spec.metrics().stream()
                                .map(Metrics::of)
                                .filter(Metric::readsAnswer)
                                .map(Metric::name),
                        spec.scores().stream().map(ScoreSpec::name),
                        // Its costs are those of answers.
                        spec.retrieval().stream().limit(1).map(rival -> "compare retrieval"))
                .flatMap(names -> names)
                .toList();
    }

    /**
     * Checks the files of the metrics, that the base model can encode every row of the forgetting suite and of the
     * named sets, and that every metric can be computed on the named sets.
     *
     * @param model folder of the base model
     * @param digest of the base model, whose clusters those of the slices must be; null when it is not known
     * @throws StageProblem POISON_DATA naming the first bad row; INVALID_PIPELINE when a file is empty or missing, or
     *     does not fit its metrics or the base model
     */
    public static void checkFiles(
            PipelineFiles files, RunRef run, EvaluateSpec spec, Path model, @Nullable String digest)
            throws IOException {
        MetricFiles.Contents metrics = MetricFiles.contents(files, run, spec);
        EvaluateSpec whole = metrics.spec();
        ExamModels.checkFiles(files, run, spec.checksOrNone());
        requireLayers(spec, model);
        metrics.clusters().check(spec, model);
        if (digest != null) {
            metrics.clusters().require(digest);
        }
        ForgettingSpec forgetting = spec.forgetting();
        if (forgetting == null && spec.tests().isEmpty()) {
            return;
        }
        int max = ModelConfig.read(model).maxPositions();
        try (ModelRowEncoder encoder = new ModelRowEncoder(model, max)) {
            if (forgetting != null) {
                Path file = files.read(run, forgetting.suite());
                check(encoder, RowSource.suite(file, forgetting.suite(), "").rows(), "forgetting suite");
            }
            for (TestSetFile set : TestSetFile.of(files, run, whole)) {
                check(
                        encoder,
                        set.read(whole, 0).rows().rows(),
                        "test '%s'".formatted(set.spec().name()));
            }
        }
    }

    /** Checks that the base model has the layers whose outputs are vectors. */
    private static void requireLayers(EvaluateSpec spec, Path model) {
        for (RetrievalSpec rival : spec.retrieval()) {
            Integer layer = rival.layer();
            if (layer != null) {
                int layers = ModelConfig.read(model).layers();
                if (layer > layers) {
                    throw StageProblem.invalid(String.format(
                            Locale.ROOT,
                            "evaluate: `retrieval(layer: %d)`: the base model has layers 1 to %d; choose one of them",
                            layer,
                            layers));
                }
            }
        }
    }

    /**
     * Checks that the operator allows the endpoints, models and budgets of the judges.
     *
     * @throws StageProblem naming the first one that it does not allow
     */
    public static void checkJudges(ModelEndpoints endpoints, EvaluateSpec spec) {
        for (MetricSpec metric : ofAllSets(spec)) {
            MetricArguments arguments = metric.arguments();
            JudgeSpec judge = arguments == null ? null : arguments.judge();
            if (judge != null) {
                Teachers.check(endpoints, "evaluate: metric " + metric.name(), judge.by(), judge.budget());
            }
        }
        GroundingSpec grounding = spec.checksOrNone().grounding();
        JudgeSpec judge = grounding == null ? null : grounding.judge();
        if (judge != null) {
            Teachers.check(endpoints, "evaluate: grounding", judge.by(), judge.budget());
        }
    }

    /** The metrics of the test split and of the named sets. */
    private static List<MetricSpec> ofAllSets(EvaluateSpec spec) {
        return Stream.concat(spec.metrics().stream(), spec.tests().stream().flatMap(test -> test.metrics().stream()))
                .toList();
    }

    /**
     * What the checks can decide with the present rows.
     *
     * @param testRows number of rows of the test split; null when it is not known
     * @return one forecast for each set that has a check; the test split is the first
     */
    public static List<PowerForecast> power(PipelineFiles files, RunRef run, EvaluateSpec spec, @Nullable Long testRows)
            throws IOException {
        EvaluateSpec whole = MetricFiles.read(files, run, spec);
        List<PowerForecast> forecasts = new ArrayList<>();
        if (testRows != null) {
            long rows = spec.limit() == 0 ? testRows : Math.min(spec.limit(), testRows);
            forecasts.add(PowerForecast.of("", spec, rows));
        }
        for (TestSetFile file : TestSetFile.of(files, run, whole)) {
            TestSet set = file.read(whole, 0);
            forecasts.add(
                    PowerForecast.of(set.name(), set.spec(), set.rows().rows().size()));
        }
        return forecasts.stream()
                .filter(forecast -> !forecast.checks().isEmpty())
                .toList();
    }

    private static void check(ModelRowEncoder encoder, List<Row> rows, String of) {
        for (Row row : rows) {
            check(encoder, row, of);
            if (row instanceof PreferenceRow pair) {
                check(encoder, pair.rejected(), of);
            }
        }
    }

    private static void check(ModelRowEncoder encoder, Row row, String of) {
        try {
            encoder.encode(row);
        } catch (RowProblem e) {
            throw new StageProblem(
                    FailureType.POISON_DATA,
                    "%s: %s: %s; correct or remove the row".formatted(of, row.place(), e.reason()),
                    e);
        }
    }
}
