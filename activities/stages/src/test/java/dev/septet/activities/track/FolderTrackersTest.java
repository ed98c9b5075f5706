package dev.septet.activities.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.track.TrackRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trackers that are files. Their own programs read them in {@link TrackerPeersTest}. */
class FolderTrackersTest {
    @TempDir
    Path folder;

    @Test
    void anEventFileOnlyGrowsAndHasTheSameBytesInEachAttempt() throws IOException {
        RunFixture run = new RunFixture(folder, "tensorboard('board')");
        byte[] before = new byte[0];
        for (TrackRequest moment : run.moments()) {
            byte[] now = Files.readAllBytes(only(sent(run, moment)));
            assertThat(now).isEqualTo(Files.readAllBytes(only(sent(run, moment))));
            assertThat(Arrays.copyOf(now, before.length)).isEqualTo(before);
            before = now;
        }
        assertThat(text(before))
                .contains("brain.Event:2", "train/loss", "eval/exactMatch", "train.method.rank")
                .doesNotContain(RunFixture.PRIVATE);
    }

    @Test
    void eventsTellWhatEachStageReadAndMade() throws IOException {
        RunFixture run = new RunFixture(folder, "openlineage(folder: 'lineage', namespace: 'team')");
        List<String> before = List.of();
        for (TrackRequest moment : run.moments()) {
            List<String> now = Files.readAllLines(sent(run, moment));
            assertThat(now.subList(0, before.size())).isEqualTo(before);
            before = now;
        }
        List<JsonNode> events = new ArrayList<>();
        for (String line : before) {
            assertThat(line).doesNotContain(RunFixture.PRIVATE);
            events.add(SpecJson.mapper().readTree(line));
        }
        assertThat(events).hasSize(2 + 2 * 6);
        assertThat(events.get(0).at("/run/runId").asText()).isEqualTo(RunFixture.RUN);
        JsonNode trained = events.stream()
                .filter(event -> event.at("/job/name").asText().equals("support.train")
                        && event.path("eventType").asText().equals("COMPLETE"))
                .findFirst()
                .orElseThrow();
        assertThat(trained.at("/run/facets/parent/run/runId").asText()).isEqualTo(RunFixture.RUN);
        assertThat(trained.path("inputs")).hasSize(2);
        assertThat(trained.at("/outputs/0/facets/version/datasetVersion").asText())
                .isEqualTo(Objects.requireNonNull(run.end().results().checkpoint())
                        .artifact()
                        .sha256());
        assertThat(events.get(events.size() - 1).path("eventType").asText()).isEqualTo("COMPLETE");
        assertThat(Files.readString(sent(run, run.failed())))
                .contains("\"FAIL\"", "OutOfMemory in train")
                .doesNotContain(RunFixture.PRIVATE);
    }

    @Test
    void anOfflineRunIsWrittenWhenTheRunHasEnded() throws IOException {
        RunFixture run = new RunFixture(folder, "wandb('wb', project: 'team')");
        Path own = sent(run, run.moments().get(2));
        assertThat(own).doesNotExist();
        assertThat(sent(run, run.end())).isEqualTo(own).hasFileName("offline-run-20260921_141320-" + RunFixture.RUN);
        byte[] file = Files.readAllBytes(own.resolve("run-" + RunFixture.RUN + ".wandb"));
        assertThat(text(file))
                .startsWith(":W&B")
                .contains("train/loss", "train.method.rank", "team", "0.9")
                .doesNotContain(RunFixture.PRIVATE);
        assertThat(file.length).as("more than one block of the log").isLessThan(32768);
        try (Stream<Path> files = Files.list(own.resolve("files"))) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("model-card.md", "report.html", "results.json");
        }
    }

    @Test
    void aServerGetsEachEventOnce() throws IOException {
        RunFixture run = new RunFixture(folder, "openlineage(tracker: 'team')");
        try (FakeMlflow server = new FakeMlflow();
                Tracked worker = new Tracked(run, Tracked.operator(folder, "openlineage", server.url()))) {
            for (TrackRequest moment : run.moments()) {
                worker.send(moment);
                worker.send(moment);
            }
            assertThat(server.requests()).isEqualTo(2 + 2 * 6);
            assertThat(server.received).contains("/api/v1/lineage").doesNotContain(RunFixture.PRIVATE);
        }
    }

    @Test
    void writesOnlyBelowThePipelineFile() throws IOException {
        RunFixture run = new RunFixture(folder, "tensorboard('board')");
        Path outside = Files.createDirectories(folder.resolve("outside"));
        Files.createSymbolicLink(run.folder().resolve("board"), outside);
        assertThatThrownBy(() -> sent(run, run.end()))
                .hasStackTraceContaining("writes outside of the pipeline file's folder");
        assertThat(outside).isEmptyDirectory();
    }

    private static Path sent(RunFixture run, TrackRequest moment) {
        try (Tracked worker = new Tracked(run, Tracked.none())) {
            return Path.of(Objects.requireNonNull(worker.send(moment).where()));
        }
    }

    private static Path only(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return all.get(0);
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
