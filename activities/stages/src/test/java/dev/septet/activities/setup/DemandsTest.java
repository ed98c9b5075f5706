package dev.septet.activities.setup;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.ResourcesSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.workflows.setup.SetupRequest;
import dev.septet.workflows.setup.WorkerProbe;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker with a card reports the card's memory, and a training there needs that memory. */
class DemandsTest {
    private static final long GIB = 1L << 30;

    @TempDir
    private Path temp = Path.of("");

    @Test
    void aCardMustHaveTheMemoryThatTheRunNeeds() throws IOException {
        SetupRequest request = request(null);
        assertThatCode(() -> Demands.check(request, worker("cuda:0"), 1, 23 * GIB))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> Demands.check(request, worker("cuda:0"), 1, 25 * GIB))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("the run needs about 25.0 GiB of GPU memory, worker host has 24.0 GiB free");
        assertThatThrownBy(() -> Demands.check(request, worker("cpu"), 0, 25 * GIB))
                .hasMessageContaining("the run needs about 25.0 GiB of memory, worker");
    }

    @Test
    void saysThatTheFileAllowsTooLittleOfACard() throws IOException {
        assertThatThrownBy(() -> Demands.check(request(8 * GIB), worker("cuda:0"), 1, 9 * GIB))
                .hasMessageContaining("training needs about 9.0 GiB of GPU memory on worker host, the file allows 8.0");
    }

    private static WorkerProbe worker(String device) {
        return new WorkerProbe("0".repeat(64), "host", device, 2, 24 * GIB, 1L << 50);
    }

    private SetupRequest request(@Nullable Long memory) throws IOException {
        TinyPipeline tiny = new TinyPipeline(new LocalStore(temp.resolve("store")), "run-1", temp);
        SetupSpec setup =
                new SetupSpec(new ResourcesSpec(0, memory, null), Precision.FLOAT32, 7, null, SetupSpec.DEFAULT_POLICY);
        return new SetupRequest(
                tiny.run(),
                setup,
                TinyPipeline.initialize(),
                TinyPipeline.train(TinyPipeline.LORA),
                EvaluateSpec.DEFAULT,
                tiny.dataset(),
                tiny.model());
    }
}
