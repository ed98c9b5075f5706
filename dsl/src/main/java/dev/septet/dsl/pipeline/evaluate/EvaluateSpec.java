package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.Checks;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.StageSpec;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The evaluation stage of a pipeline file, with the bounds of its gate.
 *
 * @param scores custom metrics of the file
 * @param compare comparison with the base model; null = none
 * @param champion comparison with the model that is deployed now; null = none
 * @param limit the largest number of rows of the test split to use; 0 = all
 * @param maxNewTokens the largest number of tokens in a generated answer
 * @param samples the number of sample answers in the report, each before and after training
 * @param slices slices of the test split
 * @param tests named sets of test rows beside the test split
 * @param benchmarks task files of lm-evaluation-harness
 * @param checks checks of the exam itself; null = none
 * @param safety checks of the answers' safety; null = none
 * @param retrieval comparisons with the base model that has training rows in its prompt, on every set of rows
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EvaluateSpec(
        List<MetricSpec> metrics,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ScoreSpec> scores,
        @Nullable CompareSpec compare,
        @Nullable CompareSpec champion,
        @Nullable ForgettingSpec forgetting,
        int limit,
        int maxNewTokens,
        int samples,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<SliceSpec> slices,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<TestSetSpec> tests,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<BenchmarkSpec> benchmarks,
        @Nullable ExamChecksSpec checks,
        @Nullable SafetySpec safety,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<RetrievalSpec> retrieval,
        StagePolicy policy)
        implements StageSpec {
    public static final int DEFAULT_LIMIT = 0;
    public static final int DEFAULT_MAX_NEW_TOKENS = 128;
    public static final int DEFAULT_SAMPLES = 8;
    public static final StagePolicy DEFAULT_POLICY = StagePolicy.within(Duration.ofHours(12));
    public static final EvaluateSpec DEFAULT = new EvaluateSpec(
            List.of(new MetricSpec("loss", null, null)),
            List.of(),
            null,
            null,
            null,
            DEFAULT_LIMIT,
            DEFAULT_MAX_NEW_TOKENS,
            DEFAULT_SAMPLES,
            List.of(),
            List.of(),
            List.of(),
            null,
            null,
            List.of(),
            DEFAULT_POLICY);

    public EvaluateSpec {
        metrics = List.copyOf(metrics);
        scores = Checks.orEmpty(scores);
        slices = Checks.orEmpty(slices);
        tests = Checks.orEmpty(tests);
        benchmarks = Checks.orEmpty(benchmarks);
        retrieval = Checks.orEmpty(retrieval);
        require(!metrics.isEmpty(), "evaluate needs at least one metric");
        for (MetricSpec metric : metrics) {
            require(
                    scores.stream().noneMatch(score -> score.name().equals(metric.name())),
                    "%s is already the name of a metric",
                    metric.name());
        }
        checkJudges(metrics, champion);
        checkRivals(retrieval, metrics, scores);
        require(
                retrieval.stream().map(RetrievalSpec::by).distinct().count() == retrieval.size(),
                "compare retrieval is set twice with the same by:");
        require(limit >= 0, "limit must be at least 0, got %s", limit);
        require(maxNewTokens >= 1, "maxNewTokens must be at least 1, got %s", maxNewTokens);
        require(samples >= 0, "samples must be at least 0, got %s", samples);
        checkSlices(slices, metrics, scores);
        ErrorClustersSpec clusters = checks == null ? null : checks.errorClusters();
        require(
                clusters == null || clusters.on() == null || measures(clusters.on(), metrics, scores),
                "errorClusters on: '%s' is not measured on the test split; add `metric %s`, or remove on:",
                clusters == null ? null : clusters.on(),
                clusters == null ? null : clusters.on());
        Set<String> names = new HashSet<>();
        for (TestSetSpec test : tests) {
            require(names.add(test.name()), "test '%s' is already set; give one of them another name:", test.name());
            checkSlices(test.slices(), test.measured(metrics), test.scored(scores));
            checkJudges(test.metrics(), test.champion() == null ? champion : test.champion());
            checkRivals(retrieval, test.measured(metrics), test.scored(scores));
        }
    }

    /** A comparison that compares nothing would always pass. */
    private static void checkRivals(List<RetrievalSpec> retrieval, List<MetricSpec> metrics, List<ScoreSpec> scores) {
        require(
                retrieval.isEmpty() || !scores.isEmpty() || metrics.stream().anyMatch(metric -> !metric.judged()),
                "compare retrieval compares metrics without a judge or votes, and there is none; add one, such as"
                        + " `metric exactMatch`");
    }

    private static void checkJudges(List<MetricSpec> metrics, @Nullable CompareSpec champion) {
        for (MetricSpec metric : metrics) {
            MetricArguments arguments = metric.arguments();
            JudgeSpec judge = arguments == null ? null : arguments.judge();
            require(
                    judge == null || judge.against() != JudgeSpec.Against.CHAMPION || champion != null,
                    "metric winRate with against: champion needs `compare champion`");
            VotesSpec votes = arguments == null ? null : arguments.votes();
            require(
                    votes == null || votes.against() != JudgeSpec.Against.CHAMPION || champion != null,
                    "metric humanWinRate with against: champion needs `compare champion`");
        }
    }

    private static void checkSlices(List<SliceSpec> slices, List<MetricSpec> metrics, List<ScoreSpec> scores) {
        Set<String> columns = new HashSet<>();
        for (SliceSpec slice : slices) {
            require(columns.add(slice.by()), "slices by: '%s' is already set", slice.by());
            String on = slice.on();
            require(
                    on == null || measures(on, metrics, scores),
                    "slices on: '%s' is not measured on these rows; add `metric %s`, or remove on:",
                    on,
                    on);
        }
    }

    private static boolean measures(String name, List<MetricSpec> metrics, List<ScoreSpec> scores) {
        return metrics.stream().anyMatch(metric -> metric.name().equals(name))
                || scores.stream().anyMatch(score -> score.name().equals(name));
    }

    /**
     * What is measured on a named set: its own words, and those of this spec that it does not have. The result has no
     * sets, no checks and no forgetting budget.
     */
    public EvaluateSpec of(TestSetSpec test) {
        return new EvaluateSpec(
                test.measured(metrics),
                test.scored(scores),
                test.compare() == null ? compare : test.compare(),
                test.champion() == null ? champion : test.champion(),
                null,
                test.limit() == null ? DEFAULT_LIMIT : test.limit(),
                maxNewTokens,
                samples,
                test.slices(),
                List.of(),
                List.of(),
                null,
                null,
                retrieval,
                policy);
    }

    /** The same with other metrics, and with other named sets. */
    public EvaluateSpec with(List<MetricSpec> others, List<TestSetSpec> sets) {
        return new EvaluateSpec(
                others,
                scores,
                compare,
                champion,
                forgetting,
                limit,
                maxNewTokens,
                samples,
                slices,
                sets,
                benchmarks,
                checks,
                safety,
                retrieval,
                policy);
    }

    /** The same with other checks. */
    public EvaluateSpec with(ExamChecksSpec others) {
        return new EvaluateSpec(
                metrics,
                scores,
                compare,
                champion,
                forgetting,
                limit,
                maxNewTokens,
                samples,
                slices,
                tests,
                benchmarks,
                others,
                safety,
                retrieval,
                policy);
    }

    /** The checks of the exam; those that the file does not declare are null. */
    public ExamChecksSpec checksOrNone() {
        return checks == null ? ExamChecksSpec.NONE : checks;
    }

    /** Without slices, named sets, benchmarks and checks. */
    public EvaluateSpec(
            List<MetricSpec> metrics,
            List<ScoreSpec> scores,
            @Nullable CompareSpec compare,
            @Nullable CompareSpec champion,
            @Nullable ForgettingSpec forgetting,
            int limit,
            int maxNewTokens,
            int samples,
            StagePolicy policy) {
        this(
                metrics,
                scores,
                compare,
                champion,
                forgetting,
                limit,
                maxNewTokens,
                samples,
                List.of(),
                List.of(),
                List.of(),
                null,
                null,
                List.of(),
                policy);
    }

    /** Without a comparison with retrieval. */
    public EvaluateSpec(
            List<MetricSpec> metrics,
            List<ScoreSpec> scores,
            @Nullable CompareSpec compare,
            @Nullable CompareSpec champion,
            @Nullable ForgettingSpec forgetting,
            int limit,
            int maxNewTokens,
            int samples,
            List<SliceSpec> slices,
            List<TestSetSpec> tests,
            List<BenchmarkSpec> benchmarks,
            @Nullable ExamChecksSpec checks,
            @Nullable SafetySpec safety,
            StagePolicy policy) {
        this(
                metrics,
                scores,
                compare,
                champion,
                forgetting,
                limit,
                maxNewTokens,
                samples,
                slices,
                tests,
                benchmarks,
                checks,
                safety,
                List.of(),
                policy);
    }
}
