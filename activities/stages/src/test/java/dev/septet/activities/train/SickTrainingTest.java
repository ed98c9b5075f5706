package dev.septet.activities.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.watch.WarningsFile;
import dev.septet.dsl.pipeline.train.AdamwSpec;
import dev.septet.dsl.pipeline.train.BatchSpec;
import dev.septet.dsl.pipeline.train.CheckpointSpec;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.LearningRateSpec;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.OnWarningSpec;
import dev.septet.dsl.pipeline.train.OnWarningSpec.Kind;
import dev.septet.dsl.pipeline.train.OnWarningSpec.Reaction;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.format.Safetensors;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.train.data.DataOrder;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.TrainingWarning;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.failure.ActivityFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings of the tiny model that are made sick, and the warnings about them. */
@Tag("long")
class SickTrainingTest extends TrainingScene {
    private static final LoraSpec LORA = new LoraSpec(4, 8, 0, List.of("q_proj", "v_proj", "up_proj", "down_proj"));
    private static final double RATE = 5e-3;
    private static final double SICK_RATE = 50 * 0.0199;
    private static final int ROWS = 8;
    private static final int STEPS = 120;

    @ParameterizedTest
    @ValueSource(ints = {0, 300})
    void aHealthyTrainingHasNoWarnings(int salt) throws IOException {
        CheckpointRef result = train(request(LORA, STEPS, RATE, 20, null, language(480, salt), language(64, salt + 7)));
        assertThat(result.warnings()).isNull();
        assertThat(WarningsFile.read(store.fetch(result.ledger()))).isEmpty();
        assertThat(ledger(result).get(1).agreement()).isNotNull();
        assertThat(ledger(result).stream().skip(3))
                .extracting(LedgerLine::stillAdapters)
                .containsOnlyNulls();
    }

    @Test
    void fiftyTimesTheLearningRateDiverges() throws IOException {
        CheckpointRef result =
                train(request(new FullSpec(), STEPS, SICK_RATE, 20, null, language(480, 0), language(64, 7)));
        assertThat(kinds(result)).contains(Kind.DIVERGENCE);
    }

    @Test
    void aFewRowsAgainAndAgainOverfit() throws IOException {
        CheckpointRef result = train(request(new FullSpec(), STEPS, RATE, 10, null, language(16, 0), language(64, 7)));
        assertThat(kinds(result)).containsOnly(Kind.OVERFITTING);
    }

    @Test
    void aBatchOfDamagedRowsIsASpike() throws IOException {
        int[] order = new DataOrder(480, ROWS, 42).rowsOf(45);
        List<TokenDataset.Row> rows = new ArrayList<>(language(480, 0));
        Random random = new Random(1);
        for (int row : order) {
            int[] tokens = random.ints(16, 3, 320).toArray();
            rows.set(row, new TokenDataset.Row(tokens, rows.get(row).mask()));
        }
        CheckpointRef result = train(request(new FullSpec(), 60, RATE, 20, null, rows, language(64, 7)));
        assertThat(warnings(result)).extracting(TrainingWarning::headline).containsExactly("loss spike at step 45");
    }

    /** The rows lie so in the file that the shuffled order of the first epoch is the sorted one. */
    @Test
    void rowsSortedBySourceAreFound() throws IOException {
        List<TokenDataset.Row> sorted = new ArrayList<>();
        for (int source = 0; source < 6; source++) {
            sorted.addAll(source % 2 == 0 ? language(160, 100 * source) : noise(160, source));
        }
        DataOrder order = new DataOrder(sorted.size(), ROWS, 42);
        TokenDataset.Row[] rows = new TokenDataset.Row[sorted.size()];
        for (int step = 0, next = 0; step < sorted.size() / ROWS; step++) {
            for (int row : order.rowsOf(step)) {
                rows[row] = sorted.get(next++);
            }
        }
        CheckpointRef result =
                train(request(LORA, rows.length / ROWS, RATE, 40, null, Arrays.asList(rows), language(64, 7)));
        assertThat(kinds(result)).contains(Kind.DATA_ORDER);
    }

    /** In a layer without a down projection, the up projection gets no gradient. */
    @Test
    void adaptersWithoutGradientAreDead() throws IOException {
        LoraSpec targets = new LoraSpec(4, 8, 0, List.of("q_proj", "up_proj"));
        TrainRequest request = request(targets, 60, RATE, 20, null, language(480, 0), language(64, 7));
        CheckpointRef result = train(new TrainRequest(
                request.run(),
                request.spec(),
                request.initialize(),
                request.setup(),
                request.dataset(),
                damaged(request.model(), "model.layers.1.mlp.down_proj.weight"),
                request.learningRate(),
                0));
        assertThat(kinds(result)).containsExactly(Kind.DEAD_ADAPTERS);
        assertThat(warnings(result).get(0).message())
                .startsWith("1 adapter has not moved in 20 updates, the first is ")
                .contains("model.layers.1.mlp.up_proj");
    }

    /** The model, its ledger and its warnings are the same, however often it is killed. */
    @ParameterizedTest
    @EnumSource(
            value = Reaction.class,
            names = {"LOWER_RATE", "STOP"})
    void aKilledTrainingReactsInTheSameWay(Reaction reaction) throws IOException {
        OnWarningSpec onWarning = OnWarningSpec.of(reaction, Map.of()).orElseThrow();
        CheckpointRef undisturbed = train(sick(onWarning));
        assertThat(warnings(undisturbed)).extracting(TrainingWarning::reaction).contains(reaction);
        List<LedgerLine> ledger = ledger(undisturbed);
        if (reaction == Reaction.STOP) {
            assertThat(undisturbed.stopReason()).startsWith("stopped early by a warning: ");
            assertThat(undisturbed.steps()).isLessThan(STEPS);
            assertThat(undisturbed.validationLoss())
                    .isEqualTo(ledger.stream()
                            .flatMap(line -> Stream.ofNullable(line.validationLoss()))
                            .min(Double::compare)
                            .orElseThrow());
        } else {
            int first = warnings(undisturbed).get(0).step();
            LearningRate schedule = new LearningRate(LearningRate.Shape.COSINE, SICK_RATE, 5);
            assertThat(ledger.get(first).learningRate()).isEqualTo(schedule.at(first, STEPS));
            assertThat(ledger.get(first + 1).learningRate()).isEqualTo(schedule.at(first + 1, STEPS) / 2);
        }

        store = new LocalStore(temp.resolve("killed"));
        tiny = new TinyPipeline(store, "run-1", temp);
        TrainRequest request = sick(onWarning);
        Random random = new Random(20261129);
        CheckpointRef killed = null;
        for (int kills = 0; killed == null && kills < 20; kills++) {
            try {
                killed = train(request, dyingAfter(40 + random.nextInt(120)));
            } catch (ActivityFailure expected) {
                assertThat(expected).hasStackTraceContaining("killed by the test");
            }
        }
        killed = killed == null ? train(request) : killed;
        assertThat(killed.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(killed.ledger()).isEqualTo(undisturbed.ledger());
        assertThat(killed.warnings()).isEqualTo(undisturbed.warnings());
    }

    private TrainRequest sick(OnWarningSpec onWarning) throws IOException {
        return request(new FullSpec(), STEPS, SICK_RATE, 20, onWarning, language(480, 0), language(64, 7));
    }

    private CheckpointRef train(TrainRequest request) {
        return train(request, new Disk());
    }

    private TrainRequest request(
            MethodSpec method,
            int steps,
            double rate,
            int validateEvery,
            @Nullable OnWarningSpec onWarning,
            List<TokenDataset.Row> rows,
            List<TokenDataset.Row> validation)
            throws IOException {
        TrainSpec spec = new TrainSpec(
                method,
                1,
                steps,
                new BatchSpec(ROWS, 1),
                AdamwSpec.DEFAULT,
                new LearningRateSpec(LearningRateSpec.Shape.COSINE, rate, 5),
                1.0,
                new CheckpointSpec(10, 2),
                validateEvery,
                null,
                TrainSpec.OnNonFinite.ROLL_BACK,
                null,
                null,
                null,
                onWarning,
                TrainSpec.DEFAULT_POLICY);
        DatasetRef dataset = tiny.dataset(rows, validation);
        return tiny.trainRequest(spec, dataset);
    }

    private List<TrainingWarning> warnings(CheckpointRef result) throws IOException {
        List<TrainingWarning> warnings = Objects.requireNonNullElse(result.warnings(), List.of());
        assertThat(WarningsFile.read(store.fetch(result.ledger()))).isEqualTo(warnings);
        return warnings;
    }

    private List<Kind> kinds(CheckpointRef result) throws IOException {
        return warnings(result).stream().map(TrainingWarning::kind).toList();
    }

    /** Rows of a language with some noise: every token follows from the one before, except one in eight. */
    private static List<TokenDataset.Row> language(int count, int salt) {
        Random random = new Random(salt);
        List<TokenDataset.Row> rows = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            int[] tokens = new int[16];
            tokens[0] = 3 + random.nextInt(40);
            for (int t = 1; t < tokens.length; t++) {
                tokens[t] = 3 + (random.nextInt(8) == 0 ? random.nextInt(40) : (tokens[t - 1] * 7 + 5) % 40);
            }
            rows.add(new TokenDataset.Row(tokens, mask()));
        }
        return rows;
    }

    private static List<TokenDataset.Row> noise(int count, int salt) {
        Random random = new Random(salt);
        return Stream.generate(
                        () -> new TokenDataset.Row(random.ints(16, 3, 320).toArray(), mask()))
                .limit(count)
                .toList();
    }

    private static byte[] mask() {
        byte[] mask = new byte[16];
        Arrays.fill(mask, 1, mask.length, (byte) 1);
        return mask;
    }

    /** The model with one weight of zeros. */
    private ModelRef damaged(ModelRef model, String weight) throws IOException {
        Path folder = Files.createDirectory(temp.resolve("damaged"));
        Path from = TinyPipeline.baseModel();
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
        Path weights = folder.resolve("model.safetensors");
        StoredTensor tensor =
                Safetensors.open(from.resolve("model.safetensors")).tensor(weight);
        byte[] bytes = Files.readAllBytes(weights);
        int begin = (int) tensor.begin();
        Arrays.fill(bytes, begin, begin + tensor.bytes().limit(), (byte) 0);
        Files.write(weights, bytes);
        ArtifactRef artifact = store.put(folder, new Fence("run-1/damaged", 1));
        return new ModelRef(
                artifact,
                model.architecture(),
                model.parameters(),
                model.layers(),
                model.licence(),
                model.trainable(),
                1,
                model.origin());
    }
}
