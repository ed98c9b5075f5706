package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Partial;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.model.weights.Weights;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TrainingProblem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
    private static final Lora DROPPING = new Lora(4, 8, 0.3, List.of("q_proj", "down_proj"));

    @TempDir
    Path temporary;

    @Test
    void dropoutChangesTrainingButNotEvaluation() throws IOException {
        TokenDataset data = data();
        try (Trainer dropping = open(Plans.of(DROPPING));
                Trainer more = open(Plans.of(new Lora(4, 8, 0.6, DROPPING.targets())));
                Trainer plain = open(Plans.of(new Lora(4, 8, 0, DROPPING.targets())))) {
            assertThat(dropping.loss(data)).isEqualTo(more.loss(data));
            assertThat(dropping.loss(data)).isCloseTo(plain.loss(data), within(1e-5)); // programs
            plain.step(); // B is zero at first, so the first step's loss cannot tell
            dropping.step();
            assertThat(dropping.step().loss()).isNotEqualTo(plain.step().loss());
        }
    }

    @Test
    void partialTrainsTheLastLayersAndTheFinalNormOnly() throws IOException {
        assertThat(changed(Plans.of(new Partial(1))))
                .contains("model.norm.weight", "model.layers.1.mlp.up_proj.weight")
                .hasSize(10)
                .allMatch(name -> Weights.layerOf(name) == 1 || name.equals("model.norm.weight"));
    }

    @Test
    void frozenLayersStayAsTheyAre() throws IOException {
        assertThat(changed(Plans.of(new Full()).freezing(0)))
                .contains("model.embed_tokens.weight", "model.layers.1.mlp.up_proj.weight")
                .noneMatch(name -> Weights.layerOf(name) == 0);
    }

    @Test
    void loraLeavesFrozenLayersWithoutAdapter() throws IOException {
        Path folder = temporary.resolve("adapter");
        try (Trainer trainer = open(Plans.of(Plans.LORA).freezing(0))) {
            trainer.step();
            trainer.exportTo(folder, "base");
        }
        assertThat(PeftAdapter.open(folder).modules().keySet())
                .hasSize(5)
                .allMatch(module -> module.startsWith("model.layers.1."));
    }

    @Test
    void exportedAdapterScoresAsTheTrainerDoes() throws IOException {
        TokenDataset data = data();
        Path folder = temporary.resolve("adapter");
        double loss;
        try (Trainer trainer = open(Plans.of(Plans.LORA))) {
            for (int i = 0; i < 4; i++) {
                trainer.step();
            }
            loss = trainer.loss(data);
            trainer.exportTo(folder, "base");
        }
        Path base = GoldenModel.open("untied").folder();
        try (LanguageModel model = LanguageModel.open(base, ComputePrecision.FLOAT32, Optional.of(folder))) {
            double sum = 0;
            long count = 0;
            for (int i = 0; i < data.rows(); i++) {
                TokenDataset.Row row = data.row(i);
                for (float log : model.logProbabilities(List.of(row.tokens()), new int[] {3})
                        .get(0)) {
                    sum -= log;
                    count++;
                }
            }
            assertThat(sum / count).isCloseTo(loss, within(1e-5));
        }
    }

    @Test
    void refusesToStartFromAnAdapterOfOtherLayersShapesOrScale() throws IOException {
        Path adapter = GoldenModel.open("untied").adapter(); // rank 4, five targets
        try (Trainer trainer = open(Plans.of(DROPPING))) {
            assertThatThrownBy(() -> trainer.startFrom(adapter))
                    .isInstanceOf(FormatProblem.class)
                    .hasMessageContaining("adapts other layers than the plan");
        }
        try (Trainer trainer = open(Plans.of(new Lora(8, 8, 0, Plans.LORA.targets())))) {
            assertThatThrownBy(() -> trainer.startFrom(adapter))
                    .isInstanceOf(FormatProblem.class)
                    .hasMessageContaining("has another shape than the plan's (8, 32)");
        }
        try (Trainer trainer = open(Plans.of(new Lora(4, 4, 0, Plans.LORA.targets())))) {
            assertThatThrownBy(() -> trainer.startFrom(adapter))
                    .isInstanceOf(FormatProblem.class)
                    .hasMessageContaining("by 2.0, but the plan scales by 1.0; set rank, alpha and scaling");
        }
    }

    @Test
    void reportsALossThatIsNoNumberAndChangesNothing() throws IOException {
        Plans plans = Plans.of(new Full()).with(AdamW.DEFAULT, Plans.constant(1e30));
        TokenDataset data = data();
        try (Trainer trainer = open(plans)) {
            trainer.step(); // leaves weights near 1e30
            double loss = trainer.loss(data);
            assertThatThrownBy(trainer::step)
                    .isInstanceOf(NonFiniteLoss.class)
                    .hasMessageContaining("step 1 has loss")
                    .extracting(problem -> ((NonFiniteLoss) problem).step())
                    .isEqualTo(1);
            assertThat(trainer.nextStep()).isEqualTo(1);
            assertThat(Double.doubleToLongBits(trainer.loss(data))).isEqualTo(Double.doubleToLongBits(loss));
            trainer.skipStep();
            assertThat(trainer.nextStep()).isEqualTo(2);
        }
    }

    @Test
    void refusesRowsThatDoNotFitThePlan() throws IOException {
        TokenDataset longRow = Plans.dataset(
                temporary.resolve("long.safetensors"), List.of(new TokenDataset.Row(new int[65], filled(65))));
        assertThatThrownBy(() -> open(Plans.of(new Full()), longRow))
                .isInstanceOf(TrainingProblem.class)
                .hasMessageContaining("row 0 has 65 tokens, more than max tokens 64");
        TokenDataset silent = Plans.dataset(
                temporary.resolve("silent.safetensors"),
                List.of(new TokenDataset.Row(new int[4], new byte[] {1, 0, 0, 0})));
        assertThatThrownBy(() -> open(Plans.of(new Full()), silent))
                .isInstanceOf(TrainingProblem.class)
                .hasMessageContaining("row 0 has no token that carries loss");
        assertThatThrownBy(() -> open(Plans.of(new Full()).freezing(2)))
                .isInstanceOf(TrainingProblem.class)
                .hasMessageContaining("the model has layers 0 to 1");
    }

    /** Names of the weights that two steps change. */
    private Set<String> changed(Plans plans) throws IOException {
        Path folder = temporary.resolve("trained");
        try (Trainer trainer = open(plans)) {
            trainer.step();
            trainer.step();
            trainer.exportTo(folder, "base");
        }
        ModelFolder before = ModelFolder.open(GoldenModel.open("untied").folder());
        Set<String> changed = new TreeSet<>();
        for (StoredTensor tensor : ModelFolder.open(folder).tensors().values()) {
            if (!tensor.bytes().equals(before.tensor(tensor.name()).bytes())) {
                changed.add(tensor.name());
            }
        }
        return changed;
    }

    private Trainer open(Plans plans) throws IOException {
        return open(plans, data());
    }

    private static Trainer open(Plans plans, TokenDataset data) {
        return Trainer.open(plans.plan(), GoldenModel.open("untied").folder(), data, Optional.empty());
    }

    private TokenDataset data() throws IOException {
        return Plans.counting(temporary, 20, 11);
    }

    private static byte[] filled(int size) {
        byte[] mask = new byte[size];
        java.util.Arrays.fill(mask, (byte) 1);
        return mask;
    }
}
