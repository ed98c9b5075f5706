package dev.septet.activities.train;

import dev.septet.activities.store.CheckpointStore.Checkpoint;
import dev.septet.llm.train.StepMetrics;
import dev.septet.workflows.Progress;
import org.jspecify.annotations.Nullable;

/** The speed of an attempt; shown to people only and never stored. */
final class Throughput {
    private static final double NANOS = 1e9;

    private final int total;
    private final long began = System.nanoTime();
    private long tokens;
    private int steps;

    Throughput(int total) {
        this.total = total;
    }

    Progress after(StepMetrics step, @Nullable Checkpoint committed) {
        tokens += step.inputTokens();
        steps++;
        double seconds = Math.max(1e-9, (System.nanoTime() - began) / NANOS);
        return new Progress(
                "training",
                step.step() + 1L,
                total,
                "steps",
                step.loss(),
                tokens / seconds,
                (total - step.step() - 1) * seconds / steps,
                committed == null ? null : committed.step(),
                committed == null ? null : committed.manifestSha256());
    }
}
