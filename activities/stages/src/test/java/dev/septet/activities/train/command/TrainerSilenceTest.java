package dev.septet.activities.train.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.train.outside.TrainerFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each round is one of another worker. */
class TrainerSilenceTest {
    @TempDir
    private Path run = Path.of("");

    private long minute;

    @Test
    void addsTheTimesBetweenRoundsUntilThereAreMetrics() throws IOException {
        assertThat(roundAfter(0, true)).isZero();
        assertThat(roundAfter(3, true)).isEqualTo(Duration.ofMinutes(3));
        assertThat(roundAfter(4, true)).isEqualTo(Duration.ofMinutes(7));
        Files.writeString(run.resolve("metrics.jsonl"), "{\"step\":1,\"loss\":2}\n");
        assertThat(roundAfter(1, true)).isZero();
        assertThat(roundAfter(1, true)).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void aCompleteCheckpointIsProgress() throws IOException {
        assertThat(roundAfter(0, true)).isZero();
        Path checkpoint = Files.createDirectories(run.resolve("checkpoints/checkpoint-2"));
        assertThat(roundAfter(1, true)).isEqualTo(Duration.ofMinutes(1));
        Files.writeString(checkpoint.resolve("complete"), "");
        assertThat(roundAfter(1, true)).isZero();
    }

    @Test
    void theTimeInAQueueDoesNotCount() throws IOException {
        assertThat(roundAfter(0, true)).isZero();
        assertThat(roundAfter(1, true)).isEqualTo(Duration.ofMinutes(1));
        assertThat(roundAfter(5, false)).isZero();
        assertThat(roundAfter(5, true)).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void aClockThatJumpsCountsAsTheTimeWithoutAWorker() throws IOException {
        assertThat(roundAfter(0, true)).isZero();
        assertThat(roundAfter(60 * 24, true)).isEqualTo(Duration.ofMinutes(5));
        assertThat(roundAfter(-600, true)).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void aDamagedRecordBeginsAgain() throws IOException {
        Files.writeString(run.resolve("silence"), "nonsense");
        assertThat(roundAfter(0, true)).isZero();
    }

    private Duration roundAfter(int minutes, boolean runs) throws IOException {
        minute += minutes;
        TrainerFolder folder = new TrainerFolder(run);
        folder.renewLease();
        Files.setLastModifiedTime(
                folder.lease(),
                FileTime.fromMillis(
                        1_800_000_000_000L + Duration.ofMinutes(minute).toMillis()));
        return new TrainerSilence(folder, Duration.ofMinutes(5)).round(runs);
    }
}
