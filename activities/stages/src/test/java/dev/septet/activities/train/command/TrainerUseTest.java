package dev.septet.activities.train.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.septet.activities.quota.Period;
import dev.septet.activities.quota.Quota;
import dev.septet.activities.quota.TeamUse;
import dev.septet.activities.quota.UsageRecords;
import dev.septet.activities.quota.UsedKind;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.activities.train.outside.TrainerLauncher.Waiting;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each round is one of another worker. */
class TrainerUseTest {
    private static final int GPUS = 16;
    private static final Duration ORPHAN = Duration.ofMinutes(30);

    private static final Optional<Waiting> RUNS = Optional.empty();
    private static final Optional<Waiting> WAITS = Optional.of(new Waiting("its turn", true));
    private static final Optional<Waiting> UNKNOWN = Optional.of(new Waiting("Slurm does not answer", false));

    @TempDir
    private Path temp = Path.of("");

    private TeamUse.Scope scope = () -> {};
    private UsageRecords records = new UsageRecords(new LocalStore(Path.of("")));
    private long now = Instant.parse("2026-06-03T23:50:00Z").toEpochMilli();

    @BeforeEach
    void openTheUse() {
        records = new UsageRecords(new LocalStore(temp.resolve("store")));
        RunRef run = new RunRef("desk", "run-1", "/srv", "0dd").withTeam("search");
        scope = new TeamUse(records, run, "Train", "run-1 Train 1", () -> now).open();
    }

    @AfterEach
    void closeTheUse() {
        scope.close();
    }

    @Test
    void countsTheTimeInWhichTheJobRuns() throws IOException {
        use().begin();
        pass(5);
        use().round(WAITS); // in the cluster's queue
        pass(15);
        use().round(RUNS);
        assertThat(hours()).as("across midnight").isCloseTo(GPUS * 15 / 60.0, within(1e-9));
        pass(15);
        use().round(RUNS);
        use().round(RUNS);
        assertThat(hours()).isCloseTo(GPUS * 30 / 60.0, within(1e-9));
        pass(20);
        exit(10);
        use().end();
        use().end();
        assertThat(hours()).as("until the program's end").isCloseTo(GPUS * 40 / 60.0, within(1e-9));
    }

    @Test
    void aShortJobThatNoRoundSawCounts() throws IOException {
        use().begin();
        pass(10);
        exit(4);
        use().end();
        assertThat(hours()).isCloseTo(GPUS * 6 / 60.0, within(1e-9));
    }

    @Test
    void aJobThatEndsInTheQueueCountsNothing() throws IOException {
        use().begin();
        pass(10);
        use().round(WAITS);
        pass(10);
        use().end();
        assertThat(hours()).isZero();
    }

    @Test
    void aSuspensionDoesNotCount() throws IOException {
        use().begin();
        pass(10);
        use().round(RUNS);
        pass(10);
        use().round(WAITS);
        pass(10);
        use().round(RUNS);
        assertThat(hours()).isCloseTo(GPUS * 20 / 60.0, within(1e-9));
    }

    @Test
    void theTimeWithoutAnAnswerOfTheClusterCountsLater() throws IOException {
        use().begin();
        pass(10);
        use().round(RUNS);
        pass(10);
        use().round(UNKNOWN);
        pass(10);
        use().round(RUNS);
        assertThat(hours()).isCloseTo(GPUS * 30 / 60.0, within(1e-9));
    }

    /** The program may write to the folder, and another worker's clock may be wrong. */
    @ParameterizedTest
    @ValueSource(strings = {"0 999999999999999999", "5 4", "0 1", "999999999999999999 999999999999999999", "-1 5"})
    void timesThatNoJobHasBeginAgain(String times) throws IOException {
        folder().write(folder().used(), times);
        use().round(RUNS);
        pass(10);
        use().round(RUNS);
        assertThat(hours()).isCloseTo(GPUS * 10 / 60.0, within(1e-9));
    }

    @Test
    void aClockThatJumpsCountsAsTheTimeWithoutAWorker() throws IOException {
        use().begin();
        pass(60 * 24 * 30);
        use().round(RUNS);
        pass(60 - 60 * 24 * 30);
        assertThat(hours()).isCloseTo(GPUS * ORPHAN.toMinutes() / 60.0, within(1e-9));
    }

    @Test
    void aKillAfterTheRecordsCountsNothingTwice() throws IOException {
        use().begin();
        pass(10);
        String before = Files.readString(folder().used());
        use().round(RUNS);
        folder().write(folder().used(), before);
        pass(1);
        use().round(RUNS);
        assertThat(hours()).isCloseTo(GPUS * 11 / 60.0, within(1e-9));
    }

    @Test
    void aDamagedRecordBeginsAgain() throws IOException {
        folder().write(folder().used(), "nonsense");
        use().round(RUNS);
        pass(10);
        use().round(RUNS);
        assertThat(hours()).isCloseTo(GPUS * 10 / 60.0, within(1e-9));
    }

    private void pass(int minutes) {
        now += Duration.ofMinutes(minutes).toMillis();
    }

    private void exit(int minutesAgo) throws IOException {
        folder().write(folder().exit(), "0 exited\n");
        Files.setLastModifiedTime(
                folder().exit(),
                FileTime.fromMillis(now - Duration.ofMinutes(minutesAgo).toMillis()));
    }

    private TrainerUse use() {
        return new TrainerUse(folder(), GPUS, ORPHAN);
    }

    private TrainerFolder folder() {
        return new TrainerFolder(temp.resolve("run-1-train"));
    }

    private double hours() throws IOException {
        Quota quota = new Quota(UsedKind.GPU_HOURS, 1, Period.MONTH, ZoneOffset.UTC);
        return records.reading().used("search", quota, Period.MONTH.around(now, ZoneOffset.UTC), now);
    }
}
