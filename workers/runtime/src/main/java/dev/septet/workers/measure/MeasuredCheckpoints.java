package dev.septet.workers.measure;

import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.Fence;
import dev.septet.workers.observe.Instruments;
import dev.septet.workers.observe.ProcessMetric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Measures the commits of checkpoints: how many, how long and how large.
 *
 * @param checkpoints where they go
 */
public record MeasuredCheckpoints(CheckpointStore checkpoints, Instruments instruments) implements CheckpointStore {
    private static final double NANOS = 1e9;

    @Override
    public Checkpoint commit(String scope, int step, Writer writer, Fence fence) throws IOException {
        long began = System.nanoTime();
        long[] bytes = new long[1];
        boolean committed = false;
        try {
            Checkpoint checkpoint = checkpoints.commit(
                    scope,
                    step,
                    folder -> {
                        writer.writeTo(folder);
                        bytes[0] = size(folder);
                    },
                    fence);
            committed = true;
            return checkpoint;
        } finally {
            instruments.add(ProcessMetric.CHECKPOINTS, 1, committed ? "committed" : "failed");
            if (committed) {
                instruments.observe(ProcessMetric.CHECKPOINT_SECONDS, (System.nanoTime() - began) / NANOS);
                instruments.add(ProcessMetric.CHECKPOINT_BYTES, (double) bytes[0]);
            }
        }
    }

    private static long size(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            long sum = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                sum += Files.size(file);
            }
            return sum;
        }
    }

    @Override
    public Found newestValid(String scope) throws IOException {
        return checkpoints.newestValid(scope);
    }

    @Override
    public Optional<Checkpoint> at(String scope, int step) throws IOException {
        return checkpoints.at(scope, step);
    }

    @Override
    public void prune(String scope, int keep, Set<Integer> pinned, Fence fence) throws IOException {
        checkpoints.prune(scope, keep, pinned, fence);
    }

    @Override
    public List<String> scopes(String prefix) throws IOException {
        return checkpoints.scopes(prefix);
    }

    @Override
    public void clear(String scope, Fence fence) throws IOException {
        checkpoints.clear(scope, fence);
    }
}
