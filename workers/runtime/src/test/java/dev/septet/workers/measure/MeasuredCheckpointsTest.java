package dev.septet.workers.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.workers.observe.PrometheusInstruments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is measured of checkpoints. */
class MeasuredCheckpointsTest {
    @TempDir
    private Path folder;

    @Test
    void countsCommitsTheirBytesAndTheirFailures() throws IOException {
        PrometheusInstruments metrics = new PrometheusInstruments();
        LocalStore store = new LocalStore(folder);
        CheckpointStore checkpoints = new MeasuredCheckpoints(store.checkpoints(), metrics);
        Fence fence = new Fence("run/train", 1);
        store.open(fence);

        checkpoints.commit("run", 5, into -> Files.write(into.resolve("state"), new byte[1000]), fence);
        assertThatThrownBy(() -> checkpoints.commit(
                        "run",
                        6,
                        into -> {
                            throw new IOException("the disk fails");
                        },
                        fence))
                .isInstanceOf(IOException.class);

        assertThat(checkpoints.newestValid("run").checkpoint().orElseThrow().step())
                .isEqualTo(5);
        List<String> lines = metrics.scrape().lines().toList();
        assertThat(lines)
                .contains(
                        "septet_checkpoints_total{outcome=\"committed\"} 1.0",
                        "septet_checkpoints_total{outcome=\"failed\"} 1.0",
                        "septet_checkpoint_bytes_total 1000.0",
                        "septet_checkpoint_seconds_count 1");
    }
}
