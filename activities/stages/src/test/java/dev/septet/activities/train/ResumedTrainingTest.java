package dev.septet.activities.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.CheckpointStore.Checkpoint;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.Manifest;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.train.TrainActivities;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a training goes on from when it was killed, cancelled, or done before. */
@Tag("long")
class ResumedTrainingTest extends TrainingScene {
    @ParameterizedTest
    @CsvSource({"0.1, autograd", "0, lora"})
    void endsInTheSameBytesHoweverOftenItIsKilled(double dropout, String program) throws IOException {
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
                int found = store.checkpoints()
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
        // Told while the checkpoint of step 2 is written; checkpoints are every two.
        Disk disk = new Disk((action, path) -> {
            if (action.equals("move") && path.endsWith("2")) {
                shutdown.request();
            }
        });
        Throwable stopped = catchThrowable(() -> train(request, disk));
        int step = store.checkpoints()
                .newestValid("run-1/train")
                .checkpoint()
                .orElseThrow()
                .step();
        assertThat(step).isGreaterThanOrEqualTo(2);
        assertThat(stopped).hasStackTraceContaining("the next attempt continues from step " + step);
    }

    @Test
    void takesOverAnEarlierRunsResult() throws IOException {
        CheckpointRef first = train(lora(), new Disk());
        CheckpointRef again = train(new TinyPipeline(store, "run-2", temp).trainRequest(lora()), new Disk());
        assertThat(again.artifact()).isEqualTo(first.artifact());
        assertThat(again.origin().reusedFrom()).isEqualTo("run-1");
        assertThat(again.origin().why()).startsWith("unchanged: same engine revision, training data");
    }

    @Test
    void goesOnWhereACancelledRunWasLeft() throws IOException {
        CheckpointRef undisturbed = train(lora(), new Disk());
        store = new LocalStore(temp.resolve("cancelled"));
        shutdownAfterFour(new TinyPipeline(store, "run-1", temp).trainRequest(lora()));
        Checkpoint left =
                store.checkpoints().newestValid("run-1/train").checkpoint().orElseThrow();

        CheckpointRef result = train(new TinyPipeline(store, "run-2", temp).trainRequest(lora()), new Disk());
        assertThat(store.record("attempts/run-2/train/0").orElseThrow()).contains("\"fromStep\":" + left.step() + ",");
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

        CheckpointRef result = train(new TinyPipeline(store, "run-2", temp).trainRequest(lora()), new Disk());

        assertThat(store.record("attempts/run-2/train/0").orElseThrow()).contains("\"fromStep\":0,");
        assertThat(result.artifact()).isEqualTo(undisturbed.artifact());
    }

    /** A worker with a card and one without are two kinds: their bits differ. */
    @Test
    void saysThatAnotherKindOfWorkerComputedTheFirstSteps() throws IOException {
        TrainRequest request = tiny.trainRequest(lora());
        shutdownAfterFour(request);
        moved("run-1/train");
        shutdown = new Shutdown();

        CheckpointRef result = train(request, new Disk());

        assertThat(result.origin().why())
                .endsWith("; 2 kinds of workers computed its steps (different processors, threads, libtorch or cards),"
                        + " the last one on cpu");
        CheckpointRef other = train(new TinyPipeline(store, "run-2", temp).trainRequest(lora()), new Disk());
        assertThat(other.origin().reusedFrom())
                .as("one kind of worker computed it")
                .isNull();
        assertThat(other.origin().why()).doesNotContain("kinds of workers");
    }

    /** As after an upgrade, or a way back, whose engine rounds differently. */
    @Test
    void continuesNoCheckpointOfAnotherEngine() throws IOException {
        CheckpointRef undisturbed = train(lora(), new Disk());
        store = new LocalStore(temp.resolve("upgraded"));
        TrainRequest request = new TinyPipeline(store, "run-1", temp).trainRequest(lora());
        shutdownAfterFour(request);
        rewrite("run-1/train", folder -> {
            Path state = folder.resolve("state.json");
            String text = Files.readString(state);
            assertThat(text).contains("\"program\" : \"autograd\"");
            Files.writeString(
                    state,
                    text.replace(
                            "\"program\" : \"autograd\"",
                            "\"program\" : \"autograd revision 2\", \"septet\" : \"0.9.0\""));
        });
        shutdown = new Shutdown();

        assertThatThrownBy(() -> train(request, new Disk()))
                .hasStackTraceContaining("PolicyDenied")
                .hasStackTraceContaining(
                        "was made by the program `autograd revision 2` of Septet 0.9.0, but this engine has"
                                + " `autograd`, which gives other bytes. Continue with workers of the version that made it, or train"
                                + " again from the start: start the pipeline again, or let workers do that with"
                                + " SEPTET_ENGINE_CHANGE=restart");
        assertThat(store.checkpoints().newestValid("run-1/train").checkpoint())
                .as("nothing is lost")
                .isPresent();

        CheckpointRef restarted = train(request, new Disk(), true);
        assertThat(store.record("attempts/run-1/train/0").orElseThrow()).contains("\"fromStep\":0,");
        assertThat(restarted.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(restarted.ledger()).isEqualTo(undisturbed.ledger());
    }

    /** As if another kind of worker had gone on with it for the last of its steps. */
    private void moved(String scope) throws IOException {
        rewrite(
                scope,
                folder -> TrainState.read(folder)
                        .continuedOn("another kind of worker")
                        .writeTo(folder));
        Checkpoint now = store.checkpoints().newestValid(scope).checkpoint().orElseThrow();
        assertThat(TrainState.read(now.folder()).workers()).hasSize(2);
    }

    /** Commits the newest checkpoint again, with a change. */
    private void rewrite(String scope, CheckpointStore.Writer change) throws IOException {
        Checkpoint left = store.checkpoints().newestValid(scope).checkpoint().orElseThrow();
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
                            change.writeTo(folder);
                        },
                        fence);
        store.release(fence);
    }

    @Test
    void savesWhatItHasWhenItIsCancelled() throws IOException {
        TrainRequest request = tiny.trainRequest(lora());
        environment.registerActivitiesImplementations(new TrainActivitiesImpl(store, store.checkpoints(), shutdown));
        environment.requestCancelActivity();
        assertThatThrownBy(
                        () -> environment.newActivityStub(TrainActivities.class).train(request, 0))
                .isInstanceOf(CanceledFailure.class);
        assertThat(store.checkpoints().newestValid("run-1/train").checkpoint()).isPresent();
    }

    /** Trains until the checkpoint of step 4 is there; that of step 6 waits for it. */
    private void shutdownAfterFour(TrainRequest request) {
        Disk disk = new Disk((action, path) -> {
            if (action.equals("move") && path.endsWith("4")) {
                shutdown.request();
            }
        });
        assertThatThrownBy(() -> train(request, disk))
                .rootCause()
                .hasMessageMatching("(?s).*the next attempt continues from step [456].*");
        shutdown = new Shutdown();
    }
}
