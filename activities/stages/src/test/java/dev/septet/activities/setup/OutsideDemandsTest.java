package dev.septet.activities.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.BackEnd;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.ResourcesSpec;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.dsl.pipeline.backend.SlurmSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.setup.SetupRequest;
import dev.septet.workflows.setup.WorkerProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker must have when something else than the engine trains. */
class OutsideDemandsTest {
    private static final CommandTrainerSpec COMMAND = new CommandTrainerSpec("fake", Map.of());
    private static final SlurmSpec SLURM = new SlurmSpec(COMMAND, null, null, 1, 0, null, null, null);

    @TempDir
    private Path temp = Path.of("");

    @Test
    void anOutsideTrainerNeedsAsManyCardsAsTheFileRequires() throws IOException {
        SetupRequest four = request(4, null, 1000);
        assertThatCode(() -> check(four, COMMAND, 4)).doesNotThrowAnyException();
        assertThatThrownBy(() -> check(four, COMMAND, 3))
                .hasMessageContaining("setup: resources gpus: the file requires 4, but worker here has 3");
        assertThatCode(() -> check(four, SLURM, 0)).doesNotThrowAnyException();
    }

    @Test
    void onlyDeclaredMemoryIsRequiredForAnOutsideTrainer() throws IOException {
        assertThatThrownBy(() -> check(request(0, 3L << 30, 1000), COMMAND, 0))
                .hasMessageContaining("the run needs about 3.0 GiB of memory, worker here has 2.0 GiB free");
        assertThatCode(() -> check(request(0, 1L << 30, 1000), COMMAND, 0)).doesNotThrowAnyException();
    }

    @Test
    void theStoreAndTheRunFolderMustHoldTheCheckpoints() throws IOException {
        long free = Files.getFileStore(temp).getUsableSpace();
        long parameters = free / 12 / 5; // the store keeps four checkpoints, the run folder three
        assertThatThrownBy(() -> check(request(0, null, parameters), COMMAND, 0))
                .hasMessageContaining("setup: the run folder of the trainer needs about")
                .hasMessageContaining("below " + temp.resolve("not/there") + " and in the artifact store beside it")
                .hasMessageContaining("free some space, then the run continues");
        assertThatThrownBy(() -> check(request(0, null, 2 * parameters), SLURM, 0))
                .hasMessageContaining("setup: checkpoints and exports need about");
        assertThat(temp.resolve("not")).doesNotExist();
    }

    /** The trainer needs the host's memory, and the trials of a search the card's. */
    @Test
    void memoryOfATrainerIsNotThatOfTheCardOnWhichASearchRuns() throws IOException {
        WorkerProbe worker = new WorkerProbe("0".repeat(64), "here", "cuda", 2, 24L << 30, Long.MAX_VALUE);

        Demands.check(request(1, 64L << 30, 1), worker, 1, 4L << 30);
        assertThatThrownBy(() -> Demands.check(request(1, 64L << 30, 1), worker, 1, 30L << 30))
                .hasMessageContaining("the run needs about 30.0 GiB of GPU memory, worker here has 24.0 GiB free");
    }

    private void check(SetupRequest request, BackEndSpec by, int cards) throws IOException {
        WorkerProbe worker = new WorkerProbe(
                "0".repeat(64),
                "here",
                "cpu",
                2,
                2L << 30,
                Files.getFileStore(temp).getUsableSpace());
        Demands.checkOutside(
                request,
                by,
                worker,
                2L << 30,
                temp.resolve("store"),
                new BackEnd.WorkerResources(cards, temp.resolve("not/there")));
    }

    private SetupRequest request(int gpus, @org.jspecify.annotations.Nullable Long memory, long trainable)
            throws IOException {
        TinyPipeline tiny = new TinyPipeline(new LocalStore(temp.resolve("store")), "run-1", temp);
        ModelRef model = tiny.model();
        return new SetupRequest(
                tiny.run(),
                new SetupSpec(
                        new ResourcesSpec(gpus, memory, null), Precision.FLOAT32, 7, null, SetupSpec.DEFAULT_POLICY),
                TinyPipeline.initialize(),
                TinyPipeline.by(COMMAND),
                EvaluateSpec.DEFAULT,
                tiny.dataset(),
                new ModelRef(
                        model.artifact(),
                        model.architecture(),
                        model.parameters(),
                        model.layers(),
                        model.licence(),
                        trainable,
                        model.memoryBytes(),
                        model.origin()));
    }
}
