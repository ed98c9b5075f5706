package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What every fine-tuning method keeps, whatever it trains. */
record MethodContract(Method method, Path folder) {
    private static final GoldenModel BASE = GoldenModel.open("untied");
    private static final int STEPS = 6;

    void holds() throws IOException {
        learns();
        resumesToTheSameBits();
        exportsWhatItSays();
        namesAllThatItDoes();
    }

    private void learns() throws IOException {
        try (Trainer trainer = open(Optional.empty())) {
            assertThat(trainer.trainableParameters()).isPositive();
            List<Double> losses = losses(trainer, STEPS);
            assertThat(losses.get(STEPS - 1)).isLessThan(losses.get(0));
            trainer.exportTo(folder.resolve("export"), "base");
        }
    }

    private void resumesToTheSameBits() throws IOException {
        List<Double> whole;
        try (Trainer trainer = open(Optional.empty())) {
            whole = losses(trainer, STEPS);
        }
        Path saved = Files.createDirectory(folder.resolve("saved"));
        List<Double> parts;
        try (Trainer trainer = open(Optional.empty())) {
            parts = losses(trainer, 2);
            trainer.save(saved);
        }
        try (Trainer trainer = open(Optional.of(saved))) {
            parts.addAll(losses(trainer, STEPS - 2));
        }
        assertThat(parts).isEqualTo(whole);
    }

    /** An adapter, or a whole model in which only what is said to be trained has changed. */
    private void exportsWhatItSays() {
        Path export = folder.resolve("export");
        if (method.adapterConfig("base").isPresent()) {
            assertThat(PeftAdapter.open(export).config())
                    .isEqualTo(method.adapterConfig("base").get());
            return;
        }
        ModelConfig config = ModelConfig.read(BASE.folder());
        ModelFolder exported = ModelFolder.open(export);
        for (StoredTensor before : ModelFolder.open(BASE.folder()).tensors().values()) {
            boolean same = exported.tensor(before.name()).bytes().equals(before.bytes());
            assertThat(same)
                    .as("%s stays as it is", before.name())
                    .isEqualTo(!method.trains(before.name(), config, Set.of()));
        }
    }

    /** Every component is in the plan's digest, so that a checkpoint fits no other method. */
    private void namesAllThatItDoes() {
        assertThat(method).isInstanceOf(Record.class);
        assertThat(method.digestFields())
                .containsKey("type")
                .hasSize(1 + method.getClass().getRecordComponents().length);
    }

    private static List<Double> losses(Trainer trainer, int steps) {
        List<Double> losses = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            losses.add(trainer.step().loss());
        }
        return losses;
    }

    private Trainer open(Optional<Path> checkpoint) throws IOException {
        TrainingPlan plan = Plans.of(method).steps(STEPS).plan();
        return Trainer.open(plan, BASE.folder(), Plans.data(folder, BASE), checkpoint);
    }
}
