package dev.septet.activities.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.PartialSpec;
import dev.septet.dsl.pipeline.train.PreserveSpec;
import dev.septet.dsl.pipeline.train.StopSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrainActivitiesTest extends TrainingScene {
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
        assertThatThrownBy(() -> train(request, dyingAfter(60))).hasStackTraceContaining("killed by the test");
        CheckpointRef killed = train(request, new Disk());
        assertThat(killed.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(killed.ledger()).isEqualTo(undisturbed.ledger());
    }

    @Test
    void goesThroughWholeEpochsWithTheRowsThatItReplays() throws IOException {
        TrainSpec limited = preserving(new PreserveSpec("general.jsonl", 0.2, null, null, null, null));
        TrainSpec spec = new TrainSpec(
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
        for (PreserveSpec preserve : List.of(
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
        assertThat(ObjectiveNote.read(store.fetch(undisturbed.ledger()))).contains(new DpoSpec(0.3));
        assertThat(store.records("results/train/")).hasSize(2); // the starting model's answers too

        TrainSpec other = TinyPipeline.train(TinyPipeline.LORA, new DpoSpec(0.1));
        CheckpointRef gentler = train(tiny.trainRequest(other, tiny.pairs()), new Disk());
        assertThat(gentler.artifact()).isNotEqualTo(undisturbed.artifact());
        assertThat(store.records("results/train/")).hasSize(3); // which whatever beta is are the same

        store = new LocalStore(temp.resolve("killed"));
        tiny = new TinyPipeline(store, "run-1", temp);
        TrainRequest request = tiny.trainRequest(spec, tiny.pairs());
        assertThatThrownBy(() -> train(request, dyingAfter(60))).hasStackTraceContaining("killed by the test");
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
        assertThat(ledger).extracting(LedgerLine::program).containsOnly("weights above frozen blocks");
        assertThat(ledger.get(11).loss()).isLessThan(ledger.get(0).loss());
        assertThat(store.records("results/train/")).hasSize(2); // what frozen layers put out, too

        TrainSpec gentler = TinyPipeline.train(new PartialSpec(1, false), null, TrainSpec.OnNonFinite.STOP, 1e-3);
        assertThat(train(gentler, new Disk()).artifact()).isNotEqualTo(undisturbed.artifact());
        assertThat(store.records("results/train/")).hasSize(3); // which another rate finds again

        List<LedgerLine> always = ledger(train(TinyPipeline.train(new PartialSpec(1, true)), new Disk()));
        assertThat(always).extracting(LedgerLine::program).containsOnly("weights");
        for (int step = 0; step < TinyPipeline.STEPS; step++) {
            assertThat(ledger.get(step).loss()).isCloseTo(always.get(step).loss(), within(1e-4));
        }
        assertThat(store.records("results/train/")).hasSize(4);

        for (int writes : new int[] {2, 30}) { // while frozen layers compute, and while it trains
            store = new LocalStore(temp.resolve("killed" + writes));
            TrainRequest request = new TinyPipeline(store, "run-1", temp).trainRequest(spec);
            assertThatThrownBy(() -> train(request, dyingAfter(writes))).hasStackTraceContaining("killed by the test");
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
    void keepsTheBestModelWhenItStopsEarly() throws IOException {
        TrainSpec spec = TinyPipeline.train(new FullSpec(), new StopSpec(1), TrainSpec.OnNonFinite.ROLL_BACK, 0.05);
        // The validation split follows another rule: what is learned makes it worse.
        CheckpointRef result = train(
                tiny.trainRequest(spec, tiny.dataset(TinyPipeline.rows(4, 0), TinyPipeline.rows(9, 7))), new Disk());
        List<LedgerLine> ledger = ledger(result);
        double best = ledger.stream()
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
        TrainSpec spec = TinyPipeline.train(new FullSpec(), new StopSpec(1), TrainSpec.OnNonFinite.ROLL_BACK, 0.05);
        List<TokenDataset.Row> learned = TinyPipeline.rows(4, 0);
        List<TokenDataset.Row> other = TinyPipeline.rows(9, 7);
        CheckpointRef chosen = train(tiny.trainRequest(spec, tiny.dataset(learned, other, other)), new Disk());
        TinyPipeline second = new TinyPipeline(store, "run-2", temp);
        CheckpointRef again = train(second.trainRequest(spec, second.dataset(learned, other, learned)), new Disk());
        assertThat(again.origin().reusedFrom()).as("it was trained anew").isNull();
        assertThat(again.artifact()).isEqualTo(chosen.artifact());
        assertThat(again.validationLoss()).isEqualTo(chosen.validationLoss());
        TinyPipeline third = new TinyPipeline(store, "run-3", temp);
        CheckpointRef otherwise = train(third.trainRequest(spec, third.dataset(learned, learned, other)), new Disk());
        assertThat(otherwise.steps()).isNotEqualTo(chosen.steps());
    }

    @Test
    void skipsABatchWithoutANumberOnceAndStopsAtTheSecond() throws IOException {
        // Rates this high make weights overflow after the first updates.
        TrainSpec spec = TinyPipeline.train(new FullSpec(), null, TrainSpec.OnNonFinite.ROLL_BACK, 0.999);
        TrainRequest request = tiny.trainRequest(spec, dataset(TinyPipeline.rows(24, 0)));
        TrainRequest extreme = new TrainRequest(
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

    private dev.septet.workflows.artifact.DatasetRef dataset(List<TokenDataset.Row> rows) throws IOException {
        return tiny.dataset(rows, TinyPipeline.rows(4, 9));
    }
}
