package dev.septet.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.Heartbeats;
import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.BackEnd;
import dev.septet.activities.train.BackEndExtension;
import dev.septet.activities.train.EnginePlan;
import dev.septet.activities.train.LedgerLine;
import dev.septet.activities.train.TrainingContext;
import dev.septet.activities.train.TrainingSteering;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.format.AdapterMerge;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.RandomInitModel;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.plan.TrainingPlan;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.activity.ActivityExecutionContext;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every back end of a jar keeps. It trains LoRA matrices of rank 2 for a tiny Llama. */
public abstract class BackEndWordContract extends WordContract<BackEndExtension> {
    private static final int ROUNDS = 100;
    private static final ModelConfig CONFIG = new ModelConfig(32, 4, 4, 2, 8, 64, 320, 64, 1e-5, 10_000, null, false);

    @TempDir
    private Path folder;

    private LocalStore store = new LocalStore(Path.of(""));
    private Path base = Path.of("");
    private int attempts;

    /**
     * Lets the system behind the back end work, after a round that did not end the training. A stand-in for it may call
     * {@link #trainHere}.
     */
    protected abstract void meanwhile(TrainRequest request) throws Exception;

    /**
     * Trains with Septet's engine.
     *
     * @param into folder for the adapter
     * @return the loss of each step
     */
    protected final List<Double> trainHere(TrainRequest request, Path into) throws IOException {
        TrainingPlan plan = new EnginePlan(request.spec(), request.initialize(), request.setup())
                .plan(
                        request.learningRate(),
                        request.rank(),
                        EnginePlan.epoch(request.dataset()),
                        request.dataset().longestRow());
        Path rows = store.fetch(request.dataset().artifact()).resolve("train.safetensors");
        List<Double> losses = new ArrayList<>();
        try (Trainer trainer = Trainer.open(plan, base, TokenDataset.open(rows), Optional.empty())) {
            while (losses.size() < TinyPipeline.STEPS) {
                losses.add(trainer.step().loss());
            }
            trainer.exportTo(into, "model");
        }
        return losses;
    }

    @BeforeEach
    void model() throws IOException {
        store = new LocalStore(folder.resolve("store"));
        base = Files.createDirectories(folder.resolve("base"));
        RandomInitModel.write(base, CONFIG, ElementType.F32, 3);
        Files.writeString(base.resolve("tokenizer.json"), "{}");
    }

    @Test
    void acceptsWhatItCanTrainAndSaysWhatItUses() {
        assertThatCode(() -> backEnd().check(train())).doesNotThrowAnyException();
        assertThat(backEnd().resources().cards()).isNotNegative();
    }

    @Test
    void hasTheSameFingerprintInEveryProcess() {
        assertThat(backEnd().fingerprint()).isNotBlank().isEqualTo(backEnd().fingerprint());
    }

    @Test
    void trainsToTheEndAndWritesAnAdapterThatFits() throws Exception {
        TrainRequest request = request();
        Path export = Files.createDirectories(folder.resolve("export"));
        BackEnd.Result result = ended(request, export);

        int steps = Objects.requireNonNull(result.end()).steps();
        assertThat(steps).isEqualTo(TinyPipeline.STEPS);
        assertThat(result.ledger().lines())
                .extracting(LedgerLine::step)
                .containsExactlyElementsOf(IntStream.range(0, steps).boxed().toList());
        assertThat(result.end().finalLoss()).isFinite();
        PeftAdapter adapter = PeftAdapter.open(export);
        AdapterMerge.requireFit(ModelFolder.open(base), adapter);
        assertThat(adapter.modules()).isNotEmpty();
    }

    /** A worker may be killed before it stores the result. */
    @Test
    void givesTheSameResultAgain() throws Exception {
        TrainRequest request = request();
        BackEnd.Result once = ended(request, Files.createDirectories(folder.resolve("one")));
        BackEnd.Result again = ended(request, Files.createDirectories(folder.resolve("two")));
        assertThat(again.end()).isEqualTo(once.end());
        assertThat(again.ledger().lines()).isEqualTo(once.ledger().lines());
        String weights = "adapter_model.safetensors";
        assertThat(folder.resolve("two").resolve(weights))
                .hasSameBinaryContentAs(folder.resolve("one").resolve(weights));
    }

    @Test
    void endsAndClearsATrainingAtAnyTime() throws Exception {
        TrainRequest request = request();
        in(context -> backEnd().end(request, context));
        in(context -> backEnd().clear(request, context));
        in(context -> backEnd().train(request, context, Files.createDirectories(folder.resolve("export"))));
        in(context -> backEnd().end(request, context));
        in(context -> backEnd().end(request, context));
        in(context -> backEnd().clear(request, context));
        in(context -> backEnd().clear(request, context));
    }

    /** A run may be cancelled between the result and the record that it is stored. */
    @Test
    void endsAndClearsATrainingAfterItsResult() throws Exception {
        TrainRequest request = request();
        assertThat(ended(request, Files.createDirectories(folder.resolve("export")))
                        .end())
                .isNotNull();
        in(context -> backEnd().end(request, context));
        in(context -> backEnd().clear(request, context));
        in(context -> backEnd().clear(request, context));
    }

    /** An attempt of the stage. */
    private interface Round {
        void run(TrainingContext context) throws Exception;
    }

    private BackEnd.Result ended(TrainRequest request, Path export) throws Exception {
        BackEnd.Result[] last = new BackEnd.Result[1];
        for (int round = 0; round < ROUNDS; round++) {
            in(context -> last[0] = backEnd().train(request, context, export));
            if (last[0].end() != null) {
                return last[0];
            }
            assertThat(last[0].waits()).as("a training that is not over waits").isPositive();
            assertThat(last[0].progress()).as("what people see meanwhile").isNotNull();
            assertThat(export).isEmptyDirectory();
            meanwhile(request);
        }
        throw new AssertionError(String.format(Locale.ROOT, "the training did not end in %d rounds", ROUNDS));
    }

    private void in(Round round) throws Exception {
        Fence fence = new Fence("run-1/train", ++attempts);
        store.open(fence);
        ActivityExecutionContext silent = (ActivityExecutionContext) Proxy.newProxyInstance(
                ActivityExecutionContext.class.getClassLoader(),
                new Class<?>[] {ActivityExecutionContext.class},
                (proxy, method, arguments) -> null);
        try (Heartbeats heartbeats = new Heartbeats(silent)) {
            round.run(new TrainingContext(
                    request().run(),
                    "train",
                    store,
                    store.checkpoints(),
                    new Attempt(fence, heartbeats),
                    new Shutdown(),
                    backEnd().fingerprint(),
                    TrainingSteering.none(fence)));
        } finally {
            store.release(fence);
        }
    }

    private BackEnd backEnd() {
        return extension().backEnd(used());
    }

    private TrainSpec train() {
        return TinyPipeline.by(new ExtensionSpec.ForBackEnd(used()));
    }

    private TrainRequest request() throws IOException {
        TinyPipeline tiny = new TinyPipeline(store, "run-1", folder);
        ModelRef model = new ModelRef(
                store.put(base, new Fence("run-1/model", 1)),
                "LlamaForCausalLM",
                29_000,
                2,
                "mit",
                1000,
                1,
                new Origin("0".repeat(64), null, "made for a test"));
        return new TrainRequest(
                tiny.run(),
                train(),
                TinyPipeline.initialize(),
                SetupSpec.DEFAULT,
                tiny.datasetWithTexts(),
                model,
                1e-2,
                0);
    }
}
