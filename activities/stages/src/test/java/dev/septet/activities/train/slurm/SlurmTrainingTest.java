package dev.septet.activities.train.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.train.TrainingLedger;
import dev.septet.activities.train.command.OutsideTrainers;
import dev.septet.activities.train.command.TrainingRounds;
import dev.septet.dsl.pipeline.backend.SlurmSpec;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs of a real Slurm cluster of one node. */
@Tag("long")
class SlurmTrainingTest extends TrainingRounds {
    @TempDir
    static Path cluster;

    private static String conf = "";

    @BeforeAll
    static void startCluster() throws Exception {
        conf = run(Map.of(), script(), cluster.toString()).strip();
    }

    @AfterAll
    static void stopCluster() throws Exception {
        run(Map.of(), script(), cluster.toString(), "stop");
    }

    @BeforeEach
    void declare() throws IOException {
        Path file = temp.resolve("trainers.yaml");
        Files.writeString(file, """
            trainers:
              fake:
                command: [python3, %s]
                environment: {ADAPTER: "%s", SLURM_CONF: "%s"}
                grace: 5s
                orphan: 30s
                options:
                  mode: {type: text, default: good}
                  milliseconds: {type: whole, default: 20}
            """.formatted(
                        Path.of("src/test/resources/dev/septet/activities/train/command/trainer.py")
                                .toAbsolutePath(),
                        TinyPipeline.baseModel().resolveSibling("lora"),
                        conf));
        prepare(new OutsideTrainers(file, temp.resolve("runs")));
    }

    @Test
    void aJobTrainsAndItsResultIsTaken() throws Exception {
        CheckpointRef result = done(request(Map.of()));

        assertThat(result.steps()).isEqualTo(TinyPipeline.STEPS);
        assertThat(TrainingLedger.read(store.fetch(result.ledger()).resolve(TrainingLedger.FILE))
                        .lines())
                .hasSize(TinyPipeline.STEPS);
        assertThat(jobs()).isEmpty();
    }

    @Test
    void aJobThatSlurmEndsContinuesFromItsCheckpoint() throws Exception {
        CheckpointRef undisturbed = done(request(Map.of("milliseconds", 21L)));
        TrainRequest request = request(SLOW);
        int polls = 0;
        assertThat(attempt(request, polls++).waiting()).isNotNull();
        await("a stored checkpoint", () -> {
            attempt(request, 1);
            return store.checkpoints().newestValid("run-1/train").checkpoint().isPresent();
        });
        run(Map.of("SLURM_CONF", conf), "scancel", "--signal=KILL", "--full", jobs().get(0));
        await("the job's end", () -> jobs().isEmpty());
        assertThatThrownBy(() -> attempt(request, 2)).hasStackTraceContaining("train: trainer fake: it");

        CheckpointRef result = done(request(FAST));

        assertThat(result.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(result.ledger()).isEqualTo(undisturbed.ledger());
    }

    @Test
    void aSubmissionWhoseRecordWasLostIsNotRepeated() throws Exception {
        TrainRequest request = request(SLOW);
        attempt(request, 0);
        List<String> before = jobs();
        Files.delete(temp.resolve("runs/run-1-train/job"));
        Files.delete(temp.resolve("runs/run-1-train/request.json"));

        attempt(request, 1);

        assertThat(jobs()).isEqualTo(before);
        end(request);
        assertThat(jobs()).isEmpty();
    }

    /** A job that waits for its turn has no lock yet. */
    @Test
    void aWaitingJobOfAnotherDeclarationIsEnded() throws Exception {
        TrainRequest request = request(Map.of());
        String node = run(Map.of("SLURM_CONF", conf), "sinfo", "--noheader", "--format=%n")
                .strip();
        run(Map.of("SLURM_CONF", conf), "scontrol", "update", "nodename=" + node, "state=drain", "reason=test");
        List<String> before;
        List<String> after;
        try {
            attempt(request, 0);
            before = jobs();
            assertThat(temp.resolve("runs/run-1-train/lock")).doesNotExist();
            Files.writeString(
                    trainers.file(), Files.readString(trainers.file()).replace("ADAPTER:", "OTHER: \"1\", ADAPTER:"));
            Files.delete(temp.resolve("runs/run-1-train/job"));

            attempt(request, 1);
            after = jobs();
        } finally {
            run(Map.of("SLURM_CONF", conf), "scontrol", "update", "nodename=" + node, "state=resume");
        }
        assertThat(before).hasSize(1);
        assertThat(after).hasSize(1).doesNotContainAnyElementsOf(before);
        assertThat(done(request).steps()).isEqualTo(TinyPipeline.STEPS);
    }

    /** The time is in the run folder: each round is an attempt of its own. */
    @Test
    void aJobThatHangsIsEnded() throws Exception {
        Files.writeString(
                trainers.file(), Files.readString(trainers.file()).replace("grace: 5s", "grace: 5s\n    silence: 4s"));
        TrainRequest request = request(Map.of("mode", "hang"));
        AtomicInteger polls = new AtomicInteger();

        assertThatThrownBy(() -> Awaitility.await("the end of the job")
                        .atMost(Duration.ofMinutes(1))
                        .pollInterval(Duration.ofMillis(500))
                        .until(() -> attempt(request, polls.getAndIncrement()).waiting() == null))
                .hasStackTraceContaining("it wrote no metrics and no checkpoint");

        assertThat(polls.get()).isGreaterThan(2);
        assertThat(jobs()).isEmpty();
        assertThat(store.checkpoints().newestValid("run-1/train").checkpoint()).isPresent();
        end(request);
    }

    @Test
    void aLongOutputOfAJobIsStoredInPart() {
        assertThatThrownBy(() -> done(request(Map.of("mode", "torrent"))))
                .hasStackTraceContaining("it ended with exit status 1")
                .hasStackTraceContaining("the last line");
        assertThat(temp.resolve("runs/run-1-train/output.log")).hasSize(64L << 20);
        assertThat(temp.resolve("runs/run-1-train/output.end")).hasSize(1L << 20);
    }

    @Test
    void whatSlurmRefusesIsTold() throws Exception {
        TrainRequest request = request(new SlurmSpec(command(Map.of()), "gpu", null, 1, 0, null, null, null));

        assertThatThrownBy(() -> attempt(request, 0))
                .hasStackTraceContaining("Slurm did not take the job")
                .hasStackTraceContaining("invalid partition");
    }

    private TrainRequest request(Map<String, Object> options) throws IOException {
        return request(new SlurmSpec(command(options), "test", null, 1, 0, null, null, null));
    }

    private static List<String> jobs() throws Exception {
        return run(Map.of("SLURM_CONF", conf), "squeue", "--noheader", "--format=%i")
                .lines()
                .map(String::strip)
                .filter(id -> !id.isEmpty())
                .toList();
    }

    private static String script() {
        return Path.of("../../.ci/slurm-cluster").toAbsolutePath().normalize().toString();
    }

    private static String run(Map<String, String> environment, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(false);
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
        return printed;
    }
}
