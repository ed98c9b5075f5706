package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.llm.method.Full;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.plan.CapabilityRetention;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Less is forgotten by a word that preserves, where as much of something new is learned. A tiny
 * model learns to count in steps of seven or eight, then, behind another sign and over the same
 * numbers, in steps of twenty or twenty-one. {@code examples/benchmarks/preserve.sh} measures the
 * same on a real task.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("long")
class ForgettingTest {
    private static final int FIRST = 3;
    private static final int NUMBERS = 45;

    /** Loss of the new skill, in nats; log 2 is the least there is. */
    private static final double LEARNED = 0.9;

    @TempDir
    static Path temporary;

    private Path base;
    private TokenDataset general;
    private TokenDataset suite;
    private TokenDataset learned;
    private double before;
    private double plain;

    @BeforeAll
    void learnTheGeneralSkillAndForgetIt() throws IOException {
        general = counting("general", 1, 7, 60);
        suite = counting("suite", 1, 7, 60);
        learned = counting("learned", 2, 20, 200);
        base = temporary.resolve("base");
        before = teach("tied", base);
        plain = suiteLoss(CapabilityRetention.NONE);
    }

    /** Teaches a model the general skill; its loss on the suite then. */
    private double teach(String model, Path folder) throws IOException {
        TrainingPlan plan = Plans.of(new Full()).batches(15, 1).steps(200).plan();
        TokenDataset read = counting("read", 1, 7, 200);
        try (Trainer trainer = Trainer.open(plan, GoldenModel.open(model).folder(), read, Optional.empty())) {
            while (!trainer.finished()) {
                trainer.step();
            }
            trainer.exportTo(folder, "none");
            return trainer.loss(suite);
        }
    }

    @Test
    void plainTrainingForgets() {
        assertThat(plain).isGreaterThan(3 * before);
    }

    /** The share of plain training's rise of the suite's loss that is left, at most. */
    @ParameterizedTest
    @CsvSource({"0.1, 0, 0, 0.4", "0.25, 0, 0, 0.2", "0, 0.1, 0, 0.7", "0, 0, 100, 0.5"})
    void preservingForgetsLess(double replay, double l2sp, double ewc, double max) throws IOException {
        double after = suiteLoss(new CapabilityRetention(replay, l2sp, ewc, 0));
        assertThat(after - before).isLessThan(max * (plain - before));
    }

    /**
     * A model with an output matrix of its own, since the embedding of a tied one, which comes
     * last, is also what it answers by. Blocks that join late come when the rate has come down, so
     * two whole schedules are compared, of which the longer one learns more.
     */
    @Test
    void unfreezingGraduallyForgetsLess() throws IOException {
        Path untied = temporary.resolve("untied");
        double known = teach("untied", untied);
        Losses atOnce = end(untied, 60, 0);
        Losses gradually = end(untied, 100, 20);
        assertThat(gradually.task()).isLessThan(atOnce.task());
        assertThat(gradually.suite() - known).isLessThan(0.85 * (atOnce.suite() - known));
    }

    /** Of the new skill and of the general one. */
    private record Losses(double task, double suite) {}

    /** Where a training ends whose rate comes down to 0. */
    private Losses end(Path model, int steps, int unfreezeEvery) throws IOException {
        LearningRate cosine = new LearningRate(LearningRate.Shape.COSINE, 5e-3, 3);
        TrainingPlan plan = Plans.of(new Full())
                .batches(15, 1)
                .steps(steps)
                .with(AdamW.DEFAULT, cosine)
                .plan()
                .with(new CapabilityRetention(0, 0, 0, unfreezeEvery));
        try (Trainer trainer = Trainer.open(plan, model, learned, Optional.empty())) {
            while (!trainer.finished()) {
                trainer.step();
            }
            return new Losses(trainer.loss(learned), trainer.loss(suite));
        }
    }

    /** The suite's loss where the new skill's comes down to {@link #LEARNED}, between two steps. */
    private double suiteLoss(CapabilityRetention retention) throws IOException {
        TrainingPlan plan =
                Plans.of(new Full()).batches(15, 1).steps(100).plan().with(retention);
        Optional<Path> fisher = Optional.empty();
        if (retention.ewc() > 0) {
            fisher = Optional.of(temporary.resolve("fisher.safetensors"));
            Fisher.estimate(plan, base, general, 20, fisher.get(), done -> {});
        }
        TrainingInputs inputs = new TrainingInputs(base, learned, Optional.of(general), fisher);
        try (Trainer trainer = Trainer.open(plan, inputs, Optional.empty())) {
            double task = trainer.loss(learned);
            double old = trainer.loss(suite);
            while (true) {
                trainer.step();
                double nextTask = trainer.loss(learned);
                double nextOld = trainer.loss(suite);
                if (nextTask <= LEARNED) {
                    return old + (nextOld - old) * (task - LEARNED) / (task - nextTask);
                }
                assertThat(trainer.finished())
                        .as("loss of the new skill %s", nextTask)
                        .isFalse();
                task = nextTask;
                old = nextOld;
            }
        }
    }

    /**
     * Rows of six numbers behind a sign, all but the first carrying loss. Each is one of two that a
     * coin chooses between, so that no answer is sure: a model without doubt has no Fisher
     * information.
     */
    private TokenDataset counting(String name, int sign, int by, int count) throws IOException {
        CounterRandom coins = CounterRandom.stream(7, name);
        List<TokenDataset.Row> rows = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            int[] tokens = new int[7];
            byte[] mask = new byte[tokens.length];
            int number = coins.below(NUMBERS, (long) row * tokens.length);
            tokens[0] = sign;
            for (int t = 1; t < tokens.length; t++) {
                tokens[t] = FIRST + number;
                mask[t] = (byte) (t < 2 ? 0 : 1);
                int coin = coins.below(2, (long) row * tokens.length + t);
                number = (number + by + coin) % NUMBERS;
            }
            rows.add(new TokenDataset.Row(tokens, mask));
        }
        return Plans.dataset(temporary.resolve(name + ".safetensors"), rows);
    }
}
