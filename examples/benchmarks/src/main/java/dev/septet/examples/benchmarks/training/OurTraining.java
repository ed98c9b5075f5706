package dev.septet.examples.benchmarks.training;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.examples.benchmarks.FrozenOnce;
import dev.septet.examples.benchmarks.Methods;
import dev.septet.examples.benchmarks.gpu.ExpectedDevice;
import dev.septet.llm.cuda.CardMemory;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.runtime.OutOfMemory;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.StepMetrics;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.TrainingInputs;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Trains with Septet's engine: one step for each input line, with JSON output for each step. The
 * line {@value #LOOK} requests the loss on held-out rows instead.
 */
public final class OurTraining {
    static final String LOOK = "look";
    private static final int STEPS = 100_000;

    private OurTraining() {}

    /** Usage: {@code OurTraining SETUP}. SETUP is JSON; the peer's script documents it. */
    public static void main(String[] arguments) throws IOException {
        JsonNode setup = new ObjectMapper().readTree(arguments[0]);
        try {
            if (setup.has("device")) {
                ExpectedDevice.require(setup.path("device").asText());
            }
            train(setup);
        } catch (OutOfMemory e) {
            answer("{\"%s\":true}", StepProcess.OUT_OF_MEMORY);
        }
    }

    private static void train(JsonNode setup) throws IOException {
        TokenDataset data = TokenDataset.open(Path.of(setup.path("data").asText()));
        TrainingPlan plan = plan(setup, data);
        Path model = Path.of(setup.path("model").asText());
        Path folder = Files.createTempDirectory("septet-training");
        long before = cardMemory();
        TrainingInputs inputs = FrozenOnce.inputs(plan, model, data, folder);
        try (Trainer trainer = Trainer.open(plan, inputs, Optional.empty())) {
            if (setup.has("export")) {
                trainer.exportTo(Path.of(setup.path("export").asText()), "model");
                return;
            }
            answer("{\"ready\":true,\"trained\":%d}", trainer.trainableParameters());
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals(LOOK)) {
                    Path heldOut = Path.of(setup.path("heldOut").asText());
                    answer("{\"heldOut\":%.6f}", trainer.loss(TokenDataset.open(heldOut)));
                    continue;
                }
                long begun = System.nanoTime();
                StepMetrics step = trainer.step();
                awaitCard();
                answer(
                        "{\"seconds\":%.6f,\"tokens\":%d,\"loss\":%.6f,\"cardMemory\":%d}",
                        (System.nanoTime() - begun) / 1e9, step.inputTokens(), step.loss(), cardMemory() - before);
            }
        }
    }

    /** Waits until the card has computed everything; a step returns before its update is done. */
    private static void awaitCard() {
        if (Torch.gpus() > 0) {
            try (NDManager scope = Torch.newScope()) {
                scope.zeros(new Shape(1)).getFloat(); // the copy to the host comes after all that was begun before
            }
        }
    }

    /** Memory in use on the card; 0 on the CPU. */
    private static long cardMemory() {
        return Torch.cardMemory().map(CardMemory::used).orElse(0L);
    }

    private static TrainingPlan plan(JsonNode setup, TokenDataset data) {
        return new TrainingPlan(
                        Methods.named(setup.path("kind").asText()),
                        setup.path("bf16").asBoolean() ? ComputePrecision.BF16 : ComputePrecision.FLOAT32,
                        setup.path("seed").asLong(7),
                        setup.path("rows").asInt(),
                        1,
                        STEPS,
                        AdamW.DEFAULT,
                        new LearningRate(
                                LearningRate.Shape.CONSTANT, setup.path("rate").asDouble(), 0),
                        1,
                        Set.of(),
                        data.longest())
                .cachingFrozen(setup.path("frozenOnce").asBoolean());
    }

    private static void answer(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
