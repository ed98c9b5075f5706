package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.CopiedModel;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.Safetensors;
import dev.septet.llm.method.Full;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.plan.TrainingPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FisherTest {
    @TempDir
    Path temporary;

    @Test
    void equalsTransformersAtTheRowsOwnTokens() throws Exception {
        GoldenModel golden = GoldenModel.open("tied");
        Safetensors expected = Safetensors.open(WeightRegularizerTest.resource("fisher.safetensors"));
        Path file = temporary.resolve("fisher.safetensors");
        for (TrainingPlan plan : plans()) {
            Fisher.estimate(
                    plan,
                    golden.folder(),
                    Plans.data(temporary, golden),
                    new int[] {0, 1, 2},
                    (row, logits, given) -> given,
                    file,
                    done -> {});
            Safetensors actual = Safetensors.open(file);
            for (String name : actual.names()) {
                float[] wanted = expected.tensor(name).floats();
                float[] found = actual.tensor(name).floats();
                for (int i = 0; i < wanted.length; i++) {
                    assertThat(found[i]).as(name).isCloseTo(wanted[i], within(1e-4f));
                }
            }
        }
    }

    @Test
    void looksAtTheWeightsThatThePlanChanges() throws Exception {
        TrainingPlan plan = Plans.of(Plans.LORA).freezing(0).plan();
        Path file = temporary.resolve("fisher.safetensors");
        estimate(plan, file);
        assertThat(Safetensors.open(file).names())
                .containsExactlyInAnyOrder(
                        "model.layers.1.self_attn.q_proj.weight",
                        "model.layers.1.self_attn.v_proj.weight",
                        "model.layers.1.self_attn.o_proj.weight",
                        "model.layers.1.mlp.up_proj.weight",
                        "model.layers.1.mlp.down_proj.weight");
    }

    /** It is of log p: what balances a mixture's experts is no part of it. */
    @Test
    void theRoutersLossIsNoPartOfIt() throws Exception {
        Path asked = GoldenModel.family("mixtral").folder();
        ModelFolder model = ModelFolder.open(asked);
        ObjectNode config = model.config();
        assertThat(config.get("output_router_logits").asBoolean()).isTrue();
        config.put("output_router_logits", false);
        Path without = CopiedModel.write(temporary.resolve("without"), model, config);
        List<byte[]> fishers = new ArrayList<>();
        for (Path folder : List.of(asked, without)) {
            Path file = temporary.resolve(folder.getFileName() + ".fisher");
            TokenDataset data = Plans.data(temporary, GoldenModel.family("mixtral"));
            TrainingPlan plan = Plans.of(new Full()).plan();
            Fisher.estimate(plan, folder, data, 4, file, done -> {});
            fishers.add(Files.readAllBytes(file));
        }
        assertThat(fishers.get(0)).isEqualTo(fishers.get(1));
    }

    @Test
    void drawsTheSameTokensEachTime() throws Exception {
        TrainingPlan plan = Plans.of(Plans.LORA).plan();
        Path first = temporary.resolve("first.safetensors");
        Path second = temporary.resolve("second.safetensors");
        estimate(plan, first);
        estimate(plan, second);
        assertThat(Files.readAllBytes(second)).isEqualTo(Files.readAllBytes(first));
    }

    /** Frequencies of 4000 draws are within four standard deviations of the probabilities. */
    @Test
    void drawsTokensAsOftenAsTheyAreProbable() {
        double[] expected = {0.5, 0.3, 0.15, 0.05};
        int places = 4000;
        int[] counts = new int[expected.length];
        try (NDManager scope = Torch.newScope()) {
            float[] logits = new float[places * expected.length];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = (float) (3 + Math.log(expected[i % expected.length]));
            }
            for (long token : Fisher.sampled(scope.create(logits), places, CounterRandom.stream(1, "fisher"))) {
                counts[(int) token]++;
            }
        }
        for (int token = 0; token < expected.length; token++) {
            double p = expected[token];
            assertThat(counts[token]).isCloseTo((int) (p * places), within((int)
                    (4 * Math.sqrt(places * p * (1 - p)))));
        }
    }

    private void estimate(TrainingPlan plan, Path file) throws Exception {
        TokenDataset data = Plans.counting(temporary, 6, 11);
        Fisher.estimate(plan, GoldenModel.open("tied").folder(), data, 4, file, done -> {});
    }

    private static TrainingPlan[] plans() {
        return new TrainingPlan[] {
            Plans.of(new Full()).plan(), Plans.of(Plans.LORA).plan()
        };
    }
}
