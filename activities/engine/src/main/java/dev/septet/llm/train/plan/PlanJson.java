package dev.septet.llm.train.plan;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.septet.llm.method.Method;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.optimizer.OptimizerConfig;
import dev.septet.llm.optimizer.Sgd;
import java.util.Map;
import java.util.TreeMap;

/**
 * A plan as canonical JSON: sorted properties, no spaces, numbers in their shortest form on every
 * Java version. The property names are persisted. They are literals here and in {@link
 * Method#digestFields}, so renaming a Java type or component does not change them. A component that
 * is added later is written only if it differs from the behaviour of earlier versions.
 */
public final class PlanJson {
    // Jackson's own double writer, because Java's changed between 17 and 19.
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                    .build())
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private PlanJson() {}

    /** A plan's JSON, without the precision, which depends on the machine. */
    public static String of(TrainingPlan plan) {
        TreeMap<String, Object> fields = new TreeMap<>();
        fields.put("method", plan.method().digestFields());
        fields.put("seed", plan.seed());
        fields.put("batchSize", plan.batchSize());
        fields.put("accumulate", plan.accumulate());
        fields.put("totalSteps", plan.totalSteps());
        fields.put("optimizer", fields(plan.optimizer()));
        fields.put("learningRate", fields(plan.learningRate()));
        fields.put("clipNorm", plan.clipNorm());
        fields.put("frozenLayers", plan.frozenLayers());
        fields.put("maxTokens", plan.maxTokens());
        fields.put("preservation", fields(plan.retention()));
        fields.put("objective", fields(plan.objective()));
        fields.put("frozenOnce", plan.cacheFrozen());
        return text(fields);
    }

    /** The JSON of a fine-tuning method. */
    public static String of(Method method) {
        return text(method.digestFields());
    }

    /** The JSON of the frozen layers, in ascending order. */
    public static String frozen(TrainingPlan plan) {
        return text(plan.frozenLayers());
    }

    public static Map<String, Object> fields(OptimizerConfig optimizer) {
        if (optimizer instanceof AdamW adamw) {
            return Map.of(
                    "type", "adamw",
                    "beta1", adamw.beta1(),
                    "beta2", adamw.beta2(),
                    "epsilon", adamw.epsilon(),
                    "weightDecay", adamw.weightDecay());
        }
        Sgd sgd = (Sgd) optimizer;
        return Map.of("type", "sgd", "momentum", sgd.momentum(), "weightDecay", sgd.weightDecay());
    }

    public static Map<String, Object> fields(LearningRate rate) {
        String shape = switch (rate.shape()) {
            case CONSTANT -> "constant";
            case LINEAR -> "linear";
            case COSINE -> "cosine";
        };
        return Map.of("shape", shape, "peak", rate.peak(), "warmup", rate.warmup());
    }

    public static Map<String, Object> fields(CapabilityRetention retention) {
        return Map.of(
                "replay", retention.replay(),
                "l2sp", retention.l2sp(),
                "ewc", retention.ewc(),
                "unfreezeEvery", retention.unfreezeEvery());
    }

    public static Map<String, Object> fields(Objective objective) {
        return objective instanceof Objective.Dpo dpo
                ? Map.of("type", "dpo", "beta", dpo.beta())
                : Map.of("type", "likelihood");
    }

    private static String text(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + value, e);
        }
    }
}
