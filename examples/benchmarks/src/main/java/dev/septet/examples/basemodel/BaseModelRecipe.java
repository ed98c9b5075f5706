package dev.septet.examples.basemodel;

import dev.septet.examples.QuickstartData;
import dev.septet.llm.method.Full;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.train.StepMetrics;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Logger;

/**
 * Creates the quickstart's base model from this source code alone: corpus, tokenizer and weights.
 * The same machine and thread count give equal bytes.
 */
public final class BaseModelRecipe {
    static final int DOCUMENTS = 56_000;
    static final int HELD_OUT = 500;
    static final int DOCUMENTS_PER_STEP = 32;
    static final double PEAK = 3e-3;
    static final int WARMUP = 100;

    private static final Logger LOG = Logger.getLogger(BaseModelRecipe.class.getName());
    private static final int LOG_EVERY = 100;

    private final Path work;
    private final Path model;

    private BaseModelRecipe(Path work, Path model) {
        this.work = work;
        this.model = model;
    }

    /** Usage: {@code BaseModelRecipe WORK_FOLDER MODEL_FOLDER}. */
    public static void main(String[] arguments) throws IOException {
        Path work = Path.of(arguments.length > 0 ? arguments[0] : "examples/target/base-model");
        Path model = Path.of(arguments.length > 1 ? arguments[1] : "examples/quickstart/base-model");
        new BaseModelRecipe(work, model).run();
    }

    private void run() throws IOException {
        long seed = QuickstartData.SEED;
        Sizes sizes = Sizes.QUICKSTART;
        Path blank = Files.createDirectories(work.resolve("blank"));
        int vocabulary = TokenizerRecipe.write(blank, seed, sizes.vocabulary(), sizes.maxPositions());
        new BlankModel(sizes, vocabulary, seed).write(blank);
        Path train = work.resolve("train.safetensors");
        Path heldOut = work.resolve("held-out.safetensors");
        try (CorpusTokens tokens = new CorpusTokens(new ModelCorpus(seed), blank)) {
            TokenDatasetWriter.write(train, tokens.rows(0, DOCUMENTS));
            TokenDatasetWriter.write(heldOut, tokens.rows(DOCUMENTS, HELD_OUT));
        }
        train(blank, TokenDataset.open(train), TokenDataset.open(heldOut));
    }

    private void train(Path blank, TokenDataset rows, TokenDataset heldOut) throws IOException {
        LOG.info(() -> String.format(Locale.ROOT, "%d documents, %d tokens", rows.rows(), rows.tokens()));
        try (Trainer trainer = Trainer.open(plan(rows.rows()), blank, rows, Optional.empty())) {
            while (!trainer.finished()) {
                StepMetrics step = trainer.step();
                if (step.step() % LOG_EVERY == 0) {
                    LOG.info(() -> String.format(Locale.ROOT, "step %d, loss %.3f", step.step(), step.loss()));
                }
            }
            double loss = trainer.loss(heldOut);
            trainer.exportTo(model, "none");
            BaseModelCard.write(model, trainer.trainableParameters(), rows, loss);
            LOG.info(() -> String.format(Locale.ROOT, "held-out loss %.3f", loss));
        }
    }

    private static TrainingPlan plan(int rows) {
        return new TrainingPlan(
                new Full(),
                ComputePrecision.FLOAT32,
                QuickstartData.SEED,
                DOCUMENTS_PER_STEP / 2,
                2,
                TrainingPlan.stepsFor(1, rows, DOCUMENTS_PER_STEP, 1),
                new AdamW(0.9, 0.95, 1e-8, 0.05),
                new LearningRate(LearningRate.Shape.COSINE, PEAK, WARMUP),
                1.0,
                Set.of(),
                Sizes.QUICKSTART.maxPositions());
    }
}
