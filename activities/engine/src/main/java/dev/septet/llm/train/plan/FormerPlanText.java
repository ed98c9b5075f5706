package dev.septet.llm.train.plan;

import dev.septet.llm.method.Dora;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.method.Partial;
import dev.septet.llm.method.Qlora;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.optimizer.OptimizerConfig;
import dev.septet.llm.optimizer.Sgd;
import java.util.Optional;

/**
 * The former texts for digests of plans and for keys of the reference model's results, which were
 * used before {@link PlanJson}. They are the {@code toString} texts of Java records, written here
 * with literal names. Checkpoints and results of those versions are found with them.
 *
 * <p>This class is frozen: it does not change with the records, and later additions to a plan have
 * no text here.
 */
public final class FormerPlanText {
    private FormerPlanText() {}

    /** The former digest, 64 hexadecimal digits; empty for a method that was added later. */
    public static Optional<String> digest(TrainingPlan plan) {
        return text(plan).map(TrainingPlan::sha256);
    }

    static Optional<String> text(TrainingPlan plan) {
        return of(plan.method()).map(method -> text(method, plan));
    }

    private static String text(String method, TrainingPlan plan) {
        String text = "TrainingPlan[method="
                + method
                + ", precision=FLOAT32, seed="
                + plan.seed()
                + ", batchSize="
                + plan.batchSize()
                + ", accumulate="
                + plan.accumulate()
                + ", totalSteps="
                + plan.totalSteps()
                + ", optimizer="
                + of(plan.optimizer())
                + ", learningRate="
                + of(plan.learningRate())
                + ", clipNorm="
                + plan.clipNorm()
                + ", frozenLayers="
                + frozen(plan)
                + ", maxTokens="
                + plan.maxTokens()
                + ", preservation="
                + of(plan.retention());
        // The last two components were omitted from the end while they had the values from before
        // they existed.
        boolean likelihood = plan.objective() instanceof Objective.Likelihood;
        text += likelihood && !plan.cacheFrozen() ? "" : ", objective=" + of(plan.objective());
        text += plan.cacheFrozen() ? ", frozenOnce=true" : "";
        return text + "]";
    }

    /** The former text of a method; empty for a method that was added later. */
    public static Optional<String> of(Method method) {
        if (method instanceof Full) {
            return Optional.of("Full[]");
        }
        if (method instanceof Partial partial) {
            return Optional.of("Partial[lastLayers=" + partial.lastLayers() + "]");
        }
        if (method instanceof Lora lora) {
            return Optional.of(lora(lora));
        }
        if (method instanceof Dora dora) {
            return Optional.of("Dora[lora=" + lora(dora.lora()) + "]");
        }
        if (method instanceof Qlora qlora) {
            return Optional.of("Qlora[lora=" + lora(qlora.lora()) + "]");
        }
        return Optional.empty();
    }

    /** The former text of the frozen layers. */
    public static String frozen(TrainingPlan plan) {
        return list(plan.frozenLayers());
    }

    /** The former text of a precision. */
    public static String of(ComputePrecision precision) {
        return switch (precision) {
            case FLOAT32 -> "FLOAT32";
            case BF16 -> "BF16";
        };
    }

    private static String lora(Lora lora) {
        return "Lora[rank="
                + lora.rank()
                + ", alpha="
                + lora.alpha()
                + ", dropout="
                + lora.dropout()
                + ", targets="
                + list(lora.targets())
                + ", rankStabilized="
                + lora.rankStabilized()
                + ", rateRatio="
                + lora.rateRatio()
                + "]";
    }

    private static String of(OptimizerConfig optimizer) {
        if (optimizer instanceof AdamW adamw) {
            return "AdamW[beta1="
                    + adamw.beta1()
                    + ", beta2="
                    + adamw.beta2()
                    + ", epsilon="
                    + adamw.epsilon()
                    + ", weightDecay="
                    + adamw.weightDecay()
                    + "]";
        }
        Sgd sgd = (Sgd) optimizer;
        return "Sgd[momentum=" + sgd.momentum() + ", weightDecay=" + sgd.weightDecay() + "]";
    }

    private static String of(LearningRate rate) {
        String shape = switch (rate.shape()) {
            case CONSTANT -> "CONSTANT";
            case LINEAR -> "LINEAR";
            case COSINE -> "COSINE";
        };
        return "LearningRate[shape=" + shape + ", peak=" + rate.peak() + ", warmup=" + rate.warmup() + "]";
    }

    private static String of(CapabilityRetention retention) {
        return "Preservation[replay="
                + retention.replay()
                + ", l2sp="
                + retention.l2sp()
                + ", ewc="
                + retention.ewc()
                + ", unfreezeEvery="
                + retention.unfreezeEvery()
                + "]";
    }

    private static String of(Objective objective) {
        return objective instanceof Objective.Dpo dpo ? "Dpo[beta=" + dpo.beta() + "]" : "Likelihood[]";
    }

    /** A list in brackets, separated by comma and space. */
    private static String list(Iterable<?> values) {
        StringBuilder text = new StringBuilder();
        values.forEach(value -> text.append(text.isEmpty() ? "" : ", ").append(value));
        return "[" + text + "]";
    }
}
