package dev.septet.activities.evaluate;

import dev.septet.activities.answer.Teachers;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
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
        RowSource.test(dataset, ref, spec, 0);
    }

    /**
     * Checks that rows of a format have the fields that the metrics read.
     *
     * @param source the name of the rows in the pipeline file
     * @throws StageProblem INVALID_PIPELINE naming the metrics that read answers
     */
    public static void checkFormat(EvaluateSpec spec, DatasetFormat format, String source) {
        List<String> reading = readingAnswers(spec);
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
        if (by == null || losses) {
            return;
        }
        List<String> needing = new ArrayList<>();
        for (MetricSpec metric : spec.metrics()) {
            if (!Metrics.of(metric).readsAnswer()) {
                needing.add("`metric %s`".formatted(metric.name()));
            }
        }
        if (spec.forgetting() != null) {
            needing.add("`forgetting`");
        }
        if (!needing.isEmpty()) {
            throw StageProblem.invalid(
                    "evaluate: %s needs the losses of given answers, but `by %s` leaves the model with a service that does not show them; use metrics of answers, such as `metric exactMatch`"
                            .formatted(String.join(", ", needing), by.written()));
        }
    }

    /** Metrics and scores that read a generated answer. */
    static List<String> readingAnswers(EvaluateSpec spec) {
        return Stream.concat(
                        spec.metrics().stream()
                                .map(Metrics::of)
                                .filter(Metric::readsAnswer)
                                .map(Metric::name),
                        spec.scores().stream().map(ScoreSpec::name))
                .toList();
    }

    /**
     * Checks the files of the metrics, and that the base model can encode every row of the forgetting suite.
     *
     * @param model folder of the base model
     * @throws StageProblem POISON_DATA naming the first bad row; INVALID_PIPELINE when the file is
     *     empty or missing
     */
    public static void checkSuite(PipelineFiles files, RunRef run, EvaluateSpec spec, Path model) throws IOException {
        MetricFiles.read(files, run, spec);
        ForgettingSpec forgetting = spec.forgetting();
        if (forgetting == null) {
            return;
        }
        Path file = files.read(run, forgetting.suite());
        int max = ModelConfig.read(model).maxPositions();
        try (ModelRowEncoder encoder = new ModelRowEncoder(model, max)) {
            for (Row row : RowSource.suite(file, forgetting.suite(), "").rows()) {
                check(encoder, row);
                if (row instanceof PreferenceRow pair) {
                    check(encoder, pair.rejected());
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
        for (MetricSpec metric : spec.metrics()) {
            MetricArguments arguments = metric.arguments();
            JudgeSpec judge = arguments == null ? null : arguments.judge();
            if (judge != null) {
                Teachers.check(endpoints, "evaluate: metric " + metric.name(), judge.by(), judge.budget());
            }
        }
    }

    private static void check(ModelRowEncoder encoder, Row row) {
        try {
            encoder.encode(row);
        } catch (RowProblem e) {
            throw new StageProblem(
                    FailureType.POISON_DATA,
                    "forgetting suite: %s: %s; correct or remove the row".formatted(row.place(), e.reason()),
                    e);
        }
    }
}
