package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.Checks;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.StageSpec;
import java.time.Duration;
import java.util.List;
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
            DEFAULT_POLICY);

    public EvaluateSpec {
        metrics = List.copyOf(metrics);
        scores = Checks.orEmpty(scores);
        require(!metrics.isEmpty(), "evaluate needs at least one metric");
        for (MetricSpec metric : metrics) {
            require(
                    scores.stream().noneMatch(score -> score.name().equals(metric.name())),
                    "%s is already the name of a metric",
                    metric.name());
        }
        for (MetricSpec metric : metrics) {
            MetricArguments arguments = metric.arguments();
            JudgeSpec judge = arguments == null ? null : arguments.judge();
            require(
                    judge == null || judge.against() != JudgeSpec.Against.CHAMPION || champion != null,
                    "metric winRate with against: champion needs `compare champion`");
        }
        require(limit >= 0, "limit must be at least 0, got %s", limit);
        require(maxNewTokens >= 1, "maxNewTokens must be at least 1, got %s", maxNewTokens);
        require(samples >= 0, "samples must be at least 0, got %s", samples);
    }

    /** The same with other metrics. */
    public EvaluateSpec with(List<MetricSpec> others) {
        return new EvaluateSpec(others, scores, compare, champion, forgetting, limit, maxNewTokens, samples, policy);
    }
}
