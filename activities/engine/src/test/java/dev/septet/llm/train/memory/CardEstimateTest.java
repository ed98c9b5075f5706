package dev.septet.llm.train.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.llm.method.Full;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.train.plan.TrainingPlan;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A card multiplies plain matrices, so frozen bf16 weights are there once. */
class CardEstimateTest {
    private static final ModelConfig CONFIG =
            new ModelConfig(576, 30, 9, 3, 64, 1536, 49152, 8192, 1e-5, 100_000, null, true);
    private static final Lora LORA = new Lora(16, 32, 0, List.of("q_proj", "down_proj"));

    @Test
    void aCardHasNoPackedCopies() {
        MemoryEstimate cpu = estimate(plan(LORA, ComputePrecision.BF16));
        MemoryEstimate card = cpu.onCard(CONFIG, plan(LORA, ComputePrecision.BF16));
        long matrices = CONFIG.parameters() * ComputePrecision.BF16.bytes();
        assertThat(cpu.weights() - card.weights()).isBetween((long) (0.9 * matrices), (long) (1.5 * matrices));
        assertThat(card.weights()).isBetween(matrices, (long) (1.1 * matrices));
        assertThat(card.activations()).isEqualTo(cpu.activations());
    }

    @Test
    void otherEstimatesAreTheSame() {
        for (TrainingPlan plan :
                List.of(plan(LORA, ComputePrecision.FLOAT32), plan(new Full(), ComputePrecision.BF16))) {
            MemoryEstimate card = estimate(plan).onCard(CONFIG, plan);
            assertThat(card)
                    .usingRecursiveComparison()
                    .ignoringFields("process")
                    .isEqualTo(estimate(plan));
            assertThat(card.process())
                    .as("libtorch and the JVM are in the host's memory")
                    .isLessThan(estimate(plan).process() / 2);
        }
    }

    @Test
    void activationsStayInTheMemoryThatACardSaves() {
        TrainingPlan plan = plan(LORA, ComputePrecision.BF16);
        long available = estimate(plan).total() - 1;
        assertThat(MicroBatchBudget.fitting(CONFIG, plan, available).recompute())
                .isTrue();
        assertThat(MicroBatchBudget.fitting(CONFIG, plan, available, true).recompute())
                .isFalse();
        assertThat(MicroBatchBudget.fitting(CONFIG, plan, 1L << 28, true).recompute())
                .isTrue();
    }

    private static MemoryEstimate estimate(TrainingPlan plan) {
        return MemoryEstimate.of(CONFIG, plan, MicroBatchBudget.of(plan), plan.maxTokens());
    }

    private static TrainingPlan plan(Method method, ComputePrecision precision) {
        LearningRate rate = new LearningRate(LearningRate.Shape.CONSTANT, 1e-4, 0);
        return new TrainingPlan(method, precision, 7, 4, 1, 10, AdamW.DEFAULT, rate, 1, Set.of(), 256);
    }
}
