package dev.septet.activities.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.septet.activities.store.CheckpointStore.Checkpoint;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.Manifest;
import dev.septet.activities.support.Shutdown;
import dev.septet.activities.support.TinyPipeline;
import dev.septet.dsl.spec.DpoSpec;
import dev.septet.dsl.spec.FullSpec;
import dev.septet.dsl.spec.LoraSpec;
import dev.septet.dsl.spec.PartialSpec;
import dev.septet.dsl.spec.PreserveSpec;
import dev.septet.dsl.spec.StopSpec;
import dev.septet.dsl.spec.TrainSpec;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.train.TokenDataset;
import dev.septet.workflows.Progress;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.train.TrainActivities;
import dev.septet.workflows.train.TrainRequest;

import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestActivityEnvironment;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

class TrainActivitiesTest {
    @TempDir Path temp;
    private final TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    private Shutdown shutdown = new Shutdown();
    private LocalStore store;
    private TinyPipeline tiny;

    @BeforeEach
    void open() {
        store = new LocalStore(temp.resolve("store"));
        tiny = new TinyPipeline(store, "run-1", temp);
    }

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    void trainsAnAdapterAndKeepsEveryStepsBits() throws IOException {
        CheckpointRef result = train(lora(), new Disk());

        assertThat(result.adapter()).isTrue();
        assertThat(result.steps()).isEqualTo(TinyPipeline.STEPS);
        assertThat(result.stopReason()).isEqualTo("all steps done");
        assertThat(result.origin().why()).isEqualTo("first run of this stage of the pipeline");
        PeftAdapter adapter = PeftAdapter.open(store.fetch(result.artifact()));
        assertThat(adapter.config().rank()).isEqualTo(2);
        assertThat(adapter.modules()).hasSize(4);
        List<LedgerLine> ledger = ledger(result);
        assertEveryStepOnce(ledger);
        assertThat(ledger).extracting(LedgerLine::program).containsOnly("autograd"); // dropout
        assertThat(ledger.get(11).loss()).isLessThan(ledger.get(0).loss());
        assertThat(ledger.get(11).loss()).isEqualTo(result.finalLoss());
        assertThat(ledger.get(11).validationLoss()).isEqualTo(result.validationLoss());
        assertThat(ledger.get(2).validationLoss()).isNull();
        assertThat(ledger.get(3).validationLoss()).isNotNull();
        assertThat(Double.longBitsToDouble(Long.parseUnsignedLong(lossBits(ledger, 5), 16)))
                .isEqualTo(ledger.get(5).loss());
        assertThat(temp.resolve("store/checkpoints")).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({"0.1, autograd", "0, lora"})
    void endsInTheSameBytesHoweverOftenItIsKilled(double dropout, String program)
            throws IOException {
        List<String> targets = TinyPipeline.LORA.targets();
        TrainSpec spec = TinyPipeline.train(new LoraSpec(2, 4, dropout, targets));
        CheckpointRef undisturbed = train(spec, new Disk());
        store = new LocalStore(temp.resolve("killed"));
        TrainRequest request = new TinyPipeline(store, "run-1", temp).trainRequest(spec);
        Random random = new Random(20260101);
        int kills = 0;
        int newest = 0;
        for (; kills < 12; kills++) {
            try {
                train(request, dyingAfter(8 + random.nextInt(40)));
                break;
            } catch (ActivityFailure expected) {
                assertThat(expected).hasStackTraceContaining("killed by the test");
                int found =
                        store.checkpoints()
                                .newestValid("run-1/train")
                                .checkpoint()
                                .map(Checkpoint::step)
                                .orElse(0);
                if (store.records("results/").isEmpty()) {
                    assertThat(found).isGreaterThanOrEqualTo(newest);
                    newest = found;
                }
            }
        }
        assertThat(kills).isGreaterThan(3);
        CheckpointRef killed = train(request, new Disk());

        assertThat(killed.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(killed.ledger()).isEqualTo(undisturbed.ledger());
        assertEveryStepOnce(ledger(killed));
        assertThat(ledger(killed)).extracting(LedgerLine::program).containsOnly(program);
        assertThat(temp.resolve("killed/checkpoints")).isEmptyDirectory();
    }

    @Test
    void preservesByEveryWordAndEndsInTheSameBytesWhenKilled() throws IOException {
        TrainSpec spec = preserving(new PreserveSpec("general.jsonl", 0.2, 0.1, 10.0, 4, 5));
        CheckpointRef undisturbed = train(spec, new Disk());
        List<LedgerLine> ledger = ledger(undisturbed);
        assertThat(ledger.get(0).penalty()).isNull(); // at the beginning nothing has moved
        assertThat(ledger.get(8).penalty()).isPositive();
        assertThat(store.records("results/train/")).hasSize(2); // the weights' importance as well

        store = new LocalStore(temp.resolve("killed"));
        TrainRequest request = new TinyPipeline(store, "run-1", temp).trainRequest(spec);
        assertThatThrownBy(() -> train(request, dyingAfter(60)))
                .hasStackTraceContaining("killed by the test");
        CheckpointRef killed = train(request, new Disk());
        assertThat(killed.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(killed.ledger()).isEqualTo(undisturbed.ledger());
    }

    @Test
    void goesThroughWholeEpochsWithTheRowsThatItReplays() throws IOException {
        TrainSpec limited =
                preserving(new PreserveSpec("general.jsonl", 0.2, null, null, null, null));
        TrainSpec spec =
                new TrainSpec(
                        limited.method(),
                        2,
                        null,
                        limited.batch(),
                        limited.optimizer(),
                        limited.learningRate(),
                        limited.clip(),
                        limited.checkpoint(),
                        limited.validateEvery(),
                        limited.stop(),
                        limited.onNonFinite(),
                        limited.preserve(),
                        limited.objective(),
                        limited.policy());
        // 24 rows of 207 loss tokens, and six general ones of 8.6: a fifth of 259.
        assertThat(ledger(train(spec, new Disk())))
                .extracting(LedgerLine::epoch)
                .containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    }

    @Test
    void everyWordOfPreserveChangesTheResult() throws IOException {
        Set<String> results = new HashSet<>();
        for (PreserveSpec preserve :
                List.of(
                        new PreserveSpec("general.jsonl", 0.2, null, null, null, null),
                        new PreserveSpec(null, null, 0.5, null, null, null),
                        new PreserveSpec("general.jsonl", null, null, 100.0, 4, null),
                        new PreserveSpec(null, null, null, null, null, 4))) {
            results.add(train(preserving(preserve), new Disk()).artifact().sha256());
        }
        results.add(train(lora(), new Disk()).artifact().sha256());
        assertThat(results).hasSize(5);
    }

    @Test
    void learnsPairsAndEndsInTheSameBytesWhenKilled() throws IOException {
        TrainSpec spec = TinyPipeline.train(TinyPipeline.LORA, new DpoSpec(0.3));
        CheckpointRef undisturbed = train(tiny.trainRequest(spec, tiny.pairs()), new Disk());
        List<LedgerLine> ledger = ledger(undisturbed);
        assertEveryStepOnce(ledger);
        assertThat(ledger.get(0).rewardAccuracy()).isBetween(0.0, 1.0);
        assertThat(ledger.get(11).loss()).isLessThan(Math.log(2));
        assertThat(ledger.get(11).rewardMargin()).isPositive();
        assertThat(ledger.get(2).validationAccuracy()).isNull();
        assertThat(ledger.get(3).validationAccuracy()).isBetween(0.0, 1.0);
        assertThat(undisturbed.validationLoss()).isEqualTo(ledger.get(11).validationLoss());
        assertThat(ObjectiveNote.read(store.fetch(undisturbed.ledger())))
                .contains(new DpoSpec(0.3));
        assertThat(store.records("results/train/")).hasSize(2); // the starting model's answers too

        TrainSpec other = TinyPipeline.train(TinyPipeline.LORA, new DpoSpec(0.1));
        CheckpointRef gentler = train(tiny.trainRequest(other, tiny.pairs()), new Disk());
        assertThat(gentler.artifact()).isNotEqualTo(undisturbed.artifact());
        assertThat(store.records("results/train/"))
                .hasSize(3); // which whatever beta is are the same

        store = new LocalStore(temp.resolve("killed"));
        tiny = new TinyPipeline(store, "run-1", temp);
        TrainRequest request = tiny.trainRequest(spec, tiny.pairs());
        assertThatThrownBy(() -> train(request, dyingAfter(60)))
                .hasStackTraceContaining("killed by the test");
        CheckpointRef killed = train(request, new Disk());
        assertThat(killed.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(killed.ledger()).isEqualTo(undisturbed.ledger());
    }

    @Test
    void frozenLayersComputeOnceAndItEndsInTheSameBytesWhenKilled() throws IOException {
        TrainSpec spec = TinyPipeline.train(new PartialSpec(1, false));
        CheckpointRef undisturbed = train(spec, new Disk());
        List<LedgerLine> ledger = ledger(undisturbed);
        assertEveryStepOnce(ledger);
        assertThat(ledger)
                .extracting(LedgerLine::program)
                .containsOnly("weights above frozen blocks");
        assertThat(ledger.get(11).loss()).isLessThan(ledger.get(0).loss());
        assertThat(store.records("results/train/")).hasSize(2); // what frozen layers put out, too

        TrainSpec gentler =
                TinyPipeline.train(
                        new PartialSpec(1, false), null, TrainSpec.OnNonFinite.STOP, 1e-3);
        assertThat(train(gentler, new Disk()).artifact()).isNotEqualTo(undisturbed.artifact());
        assertThat(store.records("results/train/")).hasSize(3); // which another rate finds again

        List<LedgerLine> always =
                ledger(train(TinyPipeline.train(new PartialSpec(1, true)), new Disk()));
        assertThat(always).extracting(LedgerLine::program).containsOnly("weights");
        for (int step = 0; step < TinyPipeline.STEPS; step++) {
            assertThat(ledger.get(step).loss()).isCloseTo(always.get(step).loss(), within(1e-4));
        }
        assertThat(store.records("results/train/")).hasSize(4);

        for (int writes : new int[] {2, 30}) { // while frozen layers compute, and while it trains
            store = new LocalStore(temp.resolve("killed" + writes));
            TrainRequest request = new TinyPipeline(store, "run-1", temp).trainRequest(spec);
            assertThatThrownBy(() -> train(request, dyingAfter(writes)))
                    .hasStackTraceContaining("killed by the test");
            CheckpointRef killed = train(request, new Disk());
            assertThat(killed.artifact()).isEqualTo(undisturbed.artifact());
            assertThat(killed.ledger()).isEqualTo(undisturbed.ledger());
        }
    }

    @Test
    void learnsNothingElseThanItsObjectiveSays() {
        TrainSpec dpo = TinyPipeline.train(TinyPipeline.LORA, new DpoSpec(0.3));
        assertThatThrownBy(() -> train(dpo, new Disk()))
                .hasStackTraceContaining("holds single rows, but the plan learns pairs of rows");
        assertThatThrownBy(() -> train(tiny.trainRequest(lora(), tiny.pairs()), new Disk()))
                .hasStackTraceContaining("holds pairs of rows, but the plan learns single rows");
    }

    private static TrainSpec preserving(PreserveSpec preserve) {
        return TinyPipeline.preserving(lora(), preserve);
    }

    @Test
    void fallsBackFromADamagedCheckpointAndNotesIt() throws IOException {
        CheckpointRef undisturbed = train(lora(), new Disk());
        store = new LocalStore(temp.resolve("damaged"));
        TrainRequest request = new TinyPipeline(store, "run-1", temp).trainRequest(lora());
        shutdownAfterFour(request);
        Checkpoint newest =
                store.checkpoints().newestValid("run-1/train").checkpoint().orElseThrow();
        Path file = newest.folder().resolve("trainable.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);

        CheckpointRef result = train(request, new Disk());
        assertThat(result.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(store.record("attempts/run-1/train/0").orElseThrow())
                .contains("\"fromStep\":" + (newest.step() == 4 ? 2 : 4))
                .contains("trainable.safetensors: changed");
    }

    @Test
    void losesNoStepWhenTheWorkerIsToldToStop() throws IOException {
        TrainRequest request = tiny.trainRequest(lora());
        environment.registerActivitiesImplementations(
                new TrainActivitiesImpl(store, store.checkpoints(), shutdown));
        // The first sign of life comes after the first step; checkpoints are every two.
        environment.setActivityHeartbeatListener(Progress.class, progress -> shutdown.request());
        assertThatThrownBy(
                        () -> environment.newActivityStub(TrainActivities.class).train(request, 0))
                .hasStackTraceContaining("the next attempt goes on from step 1");
        assertThat(store.checkpoints().newestValid("run-1/train").checkpoint().orElseThrow().step())
                .isEqualTo(1);
    }

    @Test
    void takesOverAnEarlierRunsResult() throws IOException {
        CheckpointRef first = train(lora(), new Disk());
        CheckpointRef again =
                train(new TinyPipeline(store, "run-2", temp).trainRequest(lora()), new Disk());
        assertThat(again.artifact()).isEqualTo(first.artifact());
        assertThat(again.origin().reusedFrom()).isEqualTo("run-1");
        assertThat(again.origin().why())
                .startsWith("unchanged: same engine revision, training data");
    }

    @Test
    void keepsTheBestModelWhenItStopsEarly() throws IOException {
        TrainSpec spec =
                TinyPipeline.train(
                        new FullSpec(), new StopSpec(1), TrainSpec.OnNonFinite.ROLL_BACK, 0.05);
        // The validation split follows another rule: what is learned makes it worse.
        CheckpointRef result =
                train(
                        tiny.trainRequest(
                                spec,
                                tiny.dataset(TinyPipeline.rows(4, 0), TinyPipeline.rows(9, 7))),
                        new Disk());
        List<LedgerLine> ledger = ledger(result);
        double best =
                ledger.stream()
                        .flatMap(line -> Optional.ofNullable(line.validationLoss()).stream())
                        .min(Double::compare)
                        .orElseThrow();
        assertThat(result.stopReason()).startsWith("stopped early: 1 looks without a better");
        assertThat(result.steps()).isLessThan(TinyPipeline.STEPS);
        assertThat(result.validationLoss()).isEqualTo(best);
        assertThat(result.adapter()).isFalse();
    }

    /** What is scored on the test split must not have been picked by it. */
    @Test
    void choosesTheModelByTheValidationSplitAlone() throws IOException {
        TrainSpec spec =
                TinyPipeline.train(
                        new FullSpec(), new StopSpec(1), TrainSpec.OnNonFinite.ROLL_BACK, 0.05);
        List<TokenDataset.Row> learned = TinyPipeline.rows(4, 0);
        List<TokenDataset.Row> other = TinyPipeline.rows(9, 7);
        CheckpointRef chosen =
                train(tiny.trainRequest(spec, tiny.dataset(learned, other, other)), new Disk());
        TinyPipeline second = new TinyPipeline(store, "run-2", temp);
        CheckpointRef again =
                train(
                        second.trainRequest(spec, second.dataset(learned, other, learned)),
                        new Disk());
        assertThat(again.origin().reusedFrom()).as("it was trained anew").isNull();
        assertThat(again.artifact()).isEqualTo(chosen.artifact());
        assertThat(again.validationLoss()).isEqualTo(chosen.validationLoss());
        TinyPipeline third = new TinyPipeline(store, "run-3", temp);
        CheckpointRef otherwise =
                train(third.trainRequest(spec, third.dataset(learned, learned, other)), new Disk());
        assertThat(otherwise.steps()).isNotEqualTo(chosen.steps());
    }

    @Test
    void skipsABatchWithoutANumberOnceAndStopsAtTheSecond() throws IOException {
        // Rates this high make weights overflow after the first updates.
        TrainSpec spec =
                TinyPipeline.train(new FullSpec(), null, TrainSpec.OnNonFinite.ROLL_BACK, 0.999);
        TrainRequest request = tiny.trainRequest(spec, dataset(TinyPipeline.rows(24, 0)));
        TrainRequest extreme =
                new TrainRequest(
                        request.run(),
                        request.spec(),
                        request.initialize(),
                        request.setup(),
                        request.dataset(),
                        request.model(),
                        1e38,
                        0);
        assertThatThrownBy(() -> train(extreme, new Disk()))
                .hasStackTraceContaining("a batch was skipped before, at step ")
                .hasStackTraceContaining("type='InvalidPipeline'");
    }

    @Test
    void goesOnWhereACancelledRunWasLeft() throws IOException {
        CheckpointRef undisturbed = train(lora(), new Disk());
        store = new LocalStore(temp.resolve("cancelled"));
        shutdownAfterFour(new TinyPipeline(store, "run-1", temp).trainRequest(lora()));
        Checkpoint left = store.checkpoints().newestValid("run-1/train").checkpoint().orElseThrow();

        CheckpointRef result =
                train(new TinyPipeline(store, "run-2", temp).trainRequest(lora()), new Disk());
        assertThat(store.record("attempts/run-2/train/0").orElseThrow())
                .contains("\"fromStep\":" + left.step() + ",");
        assertThat(result.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(result.ledger()).isEqualTo(undisturbed.ledger());
        assertThat(temp.resolve("cancelled/checkpoints")).isEmptyDirectory();
    }

    /** Its result would be kept as what one kind of worker makes. */
    @Test
    void takesNoStepsOverThatAnotherKindOfWorkerTook() throws IOException {
        CheckpointRef undisturbed = train(lora(), new Disk());
        store = new LocalStore(temp.resolve("cancelled"));
        shutdownAfterFour(new TinyPipeline(store, "run-1", temp).trainRequest(lora()));
        moved("run-1/train");

        CheckpointRef result =
                train(new TinyPipeline(store, "run-2", temp).trainRequest(lora()), new Disk());

        assertThat(store.record("attempts/run-2/train/0").orElseThrow())
                .contains("\"fromStep\":0,");
        assertThat(result.artifact()).isEqualTo(undisturbed.artifact());
    }

    /** As if another kind of worker had gone on with it for the last of its steps. */
    private void moved(String scope) throws IOException {
        Checkpoint left = store.checkpoints().newestValid(scope).checkpoint().orElseThrow();
        TrainState state = TrainState.read(left.folder()).on("another kind of worker");
        Path kept = temp.resolve("kept");
        Files.createDirectories(kept);
        for (Map.Entry<String, Path> file : Manifest.filesBelow(left.folder()).entrySet()) {
            Files.copy(file.getValue(), kept.resolve(file.getKey()));
        }
        Fence fence = new Fence(scope, 99);
        store.open(fence);
        store.checkpoints().prune(scope, 0, Set.of(), fence);
        store.checkpoints()
                .commit(
                        scope,
                        left.step(),
                        folder -> {
                            for (Path file : Manifest.filesBelow(kept).values()) {
                                if (!file.endsWith(Manifest.FILE)) {
                                    Files.copy(file, folder.resolve(file.getFileName()));
                                }
                            }
                            Files.delete(folder.resolve("training.json"));
                            state.writeTo(folder);
                        },
                        fence);
        store.release(fence);
        Checkpoint now = store.checkpoints().newestValid(scope).checkpoint().orElseThrow();
        assertThat(TrainState.read(now.folder()).workers()).hasSize(2);
    }

    @Test
    void savesWhatItHasWhenItIsCancelled() throws IOException {
        TrainRequest request = tiny.trainRequest(lora());
        environment.registerActivitiesImplementations(
                new TrainActivitiesImpl(store, store.checkpoints(), shutdown));
        environment.requestCancelActivity();
        assertThatThrownBy(
                        () -> environment.newActivityStub(TrainActivities.class).train(request, 0))
                .isInstanceOf(CanceledFailure.class);
        assertThat(store.checkpoints().newestValid("run-1/train").checkpoint()).isPresent();
    }

    /** Trains until the checkpoint of step 4 is there; that of step 6 waits for it. */
    private void shutdownAfterFour(TrainRequest request) {
        Disk disk =
                new Disk(
                        (action, path) -> {
                            if (action.equals("move") && path.endsWith("4")) {
                                shutdown.request();
                            }
                        });
        assertThatThrownBy(() -> train(request, disk))
                .rootCause()
                .hasMessageMatching("(?s).*the next attempt goes on from step [456].*");
        shutdown = new Shutdown();
    }

    private List<LedgerLine> ledger(CheckpointRef result) throws IOException {
        return Ledger.read(store.fetch(result.ledger()).resolve(Ledger.FILE)).lines();
    }

    private static String lossBits(List<LedgerLine> ledger, int step) {
        return java.util.Objects.requireNonNull(ledger.get(step).lossBits());
    }

    private static void assertEveryStepOnce(List<LedgerLine> ledger) {
        assertThat(ledger.stream().map(LedgerLine::step))
                .containsExactlyElementsOf(IntStream.range(0, TinyPipeline.STEPS).boxed().toList());
    }

    private dev.septet.workflows.artifact.DatasetRef dataset(List<TokenDataset.Row> rows)
            throws IOException {
        return tiny.dataset(rows, TinyPipeline.rows(4, 9));
    }

    private static TrainSpec lora() {
        return TinyPipeline.train(TinyPipeline.LORA);
    }

    private CheckpointRef train(TrainSpec spec, Disk disk) throws IOException {
        return train(tiny.trainRequest(spec), disk);
    }

    private CheckpointRef train(TrainRequest request, Disk disk) {
        LocalStore watched = new LocalStore(store.root(), disk);
        TestActivityEnvironment own = TestActivityEnvironment.newInstance();
        try {
            own.registerActivitiesImplementations(
                    new TrainActivitiesImpl(watched, watched.checkpoints(), shutdown));
            return java.util.Objects.requireNonNull(
                    own.newActivityStub(TrainActivities.class).train(request, 0).checkpoint());
        } finally {
            own.close();
        }
    }

    /** From its n-th action on, nothing reaches the disk any more: the process is dead. */
    private static Disk dyingAfter(int actions) {
        int[] left = {actions};
        return new Disk(
                (action, path) -> {
                    if (--left[0] < 0) {
                        throw new IllegalStateException("killed by the test");
                    }
                });
    }
}
