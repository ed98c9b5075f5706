package dev.septet.llm.train.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.train.Fisher;
import dev.septet.llm.train.Plans;
import dev.septet.llm.train.StepMetrics;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.TrainingInputs;
import dev.septet.llm.train.data.TrainingProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("long")
class CapabilityRetentionTest {
    private static final int STEPS = 8;

    @TempDir
    Path temporary;

    static List<Arguments> runs() {
        List<Arguments> runs = new ArrayList<>();
        for (Method method : List.of(new Full(), Plans.LORA)) {
            runs.add(Arguments.of(method, new CapabilityRetention(0.25, 0, 0, 0)));
            runs.add(Arguments.of(method, new CapabilityRetention(0, 0.5, 0, 0)));
            runs.add(Arguments.of(method, new CapabilityRetention(0, 0, 50, 0)));
            runs.add(Arguments.of(method, new CapabilityRetention(0, 0, 0, 3)));
            runs.add(Arguments.of(method, new CapabilityRetention(0.25, 0.5, 50, 3)));
        }
        return runs;
    }

    @ParameterizedTest
    @MethodSource("runs")
    void resumedEqualsUndisturbed(Method method, CapabilityRetention retention) throws IOException {
        TrainingPlan plan = Plans.of(method).steps(STEPS).plan().with(retention);
        List<StepMetrics> whole = run(plan, Optional.empty(), STEPS, "whole");
        List<StepMetrics> parts = run(plan, Optional.empty(), 4, "first");
        parts.addAll(run(plan, Optional.of(temporary.resolve("first")), STEPS - 4, "rest"));
        assertThat(parts).isEqualTo(whole); // records of doubles: equal in every bit
        for (String file : List.of("trainable.safetensors", "optimizer.safetensors")) {
            assertThat(Files.readAllBytes(temporary.resolve("rest").resolve(file)))
                    .isEqualTo(Files.readAllBytes(temporary.resolve("whole").resolve(file)));
        }
    }

    @Test
    void holdsTheWeightsNearTheirBeginning() throws IOException {
        TrainingPlan plan = Plans.of(new Full()).steps(STEPS).plan();
        double free = distance(plan);
        assertThat(distance(plan.with(new CapabilityRetention(0, 5, 0, 0)))).isLessThan(free / 2);
        assertThat(distance(plan.with(new CapabilityRetention(0, 0, 500, 0)))).isLessThan(free * 0.9);
    }

    @Test
    void trainsBlocksFromTheTopDown() throws IOException {
        TrainingPlan plan = Plans.of(new Full()).steps(STEPS).plan().with(new CapabilityRetention(0, 0, 0, 2));
        assertThat(changedLayers(plan, 2)).containsExactly("model.layers.1", "model.norm");
        assertThat(changedLayers(plan, 4)).containsExactly("model.layers.0", "model.layers.1", "model.norm");
        assertThat(changedLayers(plan, 5))
                .containsExactly("model.embed_tokens", "model.layers.0", "model.layers.1", "model.norm");
    }

    @Test
    void trainsAllBlocksAtOnceWhereARehearsalAsks() throws IOException {
        TrainingPlan plan = Plans.of(new Full()).steps(STEPS).plan().with(new CapabilityRetention(0, 0, 0, 100));
        try (Trainer trainer = Trainer.open(plan, inputs(plan), Optional.empty())) {
            trainer.unfreeze();
            trainer.step();
            assertThat(changedLayers(exported(trainer)))
                    .containsExactly("model.embed_tokens", "model.layers.0", "model.layers.1", "model.norm");
        }
    }

    @Test
    void aLateBlockStartsItsMomentsAnew() throws IOException {
        // The first update of Adam is the rate times the gradient's sign, whenever it happens.
        TrainingPlan plan = Plans.of(new Full()).steps(STEPS).plan().with(new CapabilityRetention(0, 0, 0, 5));
        Map<String, float[]> before = exported(plan, 5);
        Map<String, float[]> after = exported(plan, 6);
        String name = "model.layers.0.mlp.up_proj.weight";
        float[] was = before.getOrDefault(name, new float[0]);
        float[] is = after.getOrDefault(name, new float[0]);
        assertThat(is).hasSameSizeAs(was);
        for (int i = 0; i < is.length; i++) {
            assertThat(Math.abs(is[i] - was[i])).isLessThan(1.01e-2f);
        }
        assertThat(Arrays.equals(was, is)).isFalse();
    }

    @Test
    void saysWhatIsMissing() throws IOException {
        TrainingInputs bare = new TrainingInputs(model(), Plans.counting(temporary, 12, 11));
        TrainingPlan plan = Plans.of(Plans.LORA).plan();
        assertThatThrownBy(() -> Trainer.open(plan.with(new CapabilityRetention(0.1, 0, 0, 0)), bare, Optional.empty()))
                .isInstanceOf(TrainingProblem.class)
                .hasMessage("the plan replays rows, but there is no general set");
        assertThatThrownBy(() -> Trainer.open(plan.with(new CapabilityRetention(0, 0, 1, 0)), bare, Optional.empty()))
                .isInstanceOf(TrainingProblem.class)
                .hasMessage("the plan has ewc, but the Fisher information is missing");
    }

    private List<StepMetrics> run(TrainingPlan plan, Optional<Path> checkpoint, int steps, String name)
            throws IOException {
        List<StepMetrics> metrics = new ArrayList<>();
        try (Trainer trainer = Trainer.open(plan, inputs(plan), checkpoint)) {
            for (int i = 0; i < steps; i++) {
                metrics.add(trainer.step());
            }
            trainer.save(Files.createDirectories(temporary.resolve(name)));
        }
        return metrics;
    }

    /** Euclidean distance of all weights from the base model's after the whole run. */
    private double distance(TrainingPlan plan) throws IOException {
        double sum = 0;
        ModelFolder base = ModelFolder.open(model());
        for (Map.Entry<String, float[]> weight : exported(plan, STEPS).entrySet()) {
            float[] was = base.tensor(weight.getKey()).floats();
            for (int i = 0; i < was.length; i++) {
                sum += Math.pow(weight.getValue()[i] - was[i], 2);
            }
        }
        return Math.sqrt(sum);
    }

    private Set<String> changedLayers(TrainingPlan plan, int steps) throws IOException {
        return changedLayers(exported(plan, steps));
    }

    private static Set<String> changedLayers(Map<String, float[]> weights) {
        Set<String> changed = new TreeSet<>();
        ModelFolder base = ModelFolder.open(model());
        weights.forEach((name, weight) -> {
            if (!Arrays.equals(base.tensor(name).floats(), weight)) {
                changed.add(name.replaceAll("(layers\\.\\d+|norm|embed_tokens).*", "$1"));
            }
        });
        return changed;
    }

    private Map<String, float[]> exported(TrainingPlan plan, int steps) throws IOException {
        try (Trainer trainer = Trainer.open(plan, inputs(plan), Optional.empty())) {
            for (int i = 0; i < steps; i++) {
                trainer.step();
            }
            return exported(trainer);
        }
    }

    private Map<String, float[]> exported(Trainer trainer) throws IOException {
        Path folder = Files.createTempDirectory(temporary, "exported");
        trainer.exportTo(folder, "base");
        Map<String, float[]> weights = new HashMap<>();
        ModelFolder model = ModelFolder.open(folder);
        for (String name : ModelFolder.open(model()).tensors().keySet()) {
            weights.put(name, model.tensor(name).floats());
        }
        return weights;
    }

    private TrainingInputs inputs() throws IOException {
        return new TrainingInputs(
                model(),
                Plans.counting(temporary, 12, 11),
                Optional.of(Plans.counting(temporary, 7, 5)),
                Optional.empty());
    }

    private TrainingInputs inputs(TrainingPlan plan) throws IOException {
        TrainingInputs inputs = inputs();
        if (plan.retention().ewc() == 0) {
            return inputs;
        }
        Path fisher = temporary.resolve("fisher.safetensors");
        Fisher.estimate(plan, model(), inputs.general().orElseThrow(), 5, fisher, done -> {});
        return new TrainingInputs(inputs.model(), inputs.train(), inputs.general(), Optional.of(fisher));
    }

    private static Path model() {
        return GoldenModel.open("tied").folder();
    }
}
