package dev.septet.activities.basemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.prepare.SourceRun;
import dev.septet.activities.source.SourceResolver;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Datasets of the Hub by name. */
class HubDatasetsTest {
    private static final String ID = "org/rows";

    @TempDir
    Path folder;

    private final FakeHub fake = hub();

    private static FakeHub hub() {
        try {
            return FakeHub.start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void publish() {
        put("data/train-00000-of-00002.jsonl", row(1));
        put("data/train-00001-of-00002.jsonl", row(2));
        put("data/test-00000-of-00001.jsonl", row(3));
        put("script.py", "print('never run')");
    }

    @AfterEach
    void stop() {
        fake.close();
    }

    private static String row(int number) {
        return String.format(Locale.ROOT, "{\"prompt\":\"q %d\",\"completion\":\"a\"}\n", number);
    }

    private void put(String name, String text) {
        fake.files("datasets/" + ID).put(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private SourceSet resolve(String lines, boolean offline) throws IOException {
        HubSettings settings = new HubSettings(fake.endpoint(), folder.resolve("cache"), Optional.empty(), offline);
        PrepareSpec spec = SourceRun.spec(lines);
        return new SourceResolver(
                        SourceRun.files(folder),
                        source -> {
                            throw new IllegalStateException();
                        },
                        new HubDatasets(settings),
                        (done, total) -> {})
                .resolve(SourceRun.run(folder), spec);
    }

    private List<String> files(String lines) throws IOException {
        return resolve(lines, false).files().stream().map(file -> file.name()).toList();
    }

    @Test
    void readsTheFilesOfTheSplitAtOneCommit() throws IOException {
        String lines = "dataset huggingFace('org/rows')";
        SourceRun run = SourceRun.of(folder, SourceRun.spec(lines), resolve(lines, false));
        assertThat(run.rows())
                .extracting(row -> row.place().toString())
                .containsExactlyInAnyOrder(
                        "org/rows/data/train-00000-of-00002.jsonl:1", "org/rows/data/train-00001-of-00002.jsonl:1");
        assertThat(run.card().sources())
                .singleElement()
                .extracting(source -> source.commit())
                .isEqualTo(FakeHub.commit());
        assertThat(fake.asked).noneMatch(path -> path.contains("script.py") || path.contains("test-0"));
    }

    @Test
    void theCacheHasTheLayoutOfTheHubsOwnTools() throws IOException {
        files("dataset huggingFace('org/rows', split: 'test')");
        Path link = folder.resolve("cache/datasets--org--rows/snapshots")
                .resolve(FakeHub.commit())
                .resolve("data/test-00000-of-00001.jsonl");
        assertThat(Files.readSymbolicLink(link).toString()).startsWith("../../../blobs/");
        assertThat(Files.readString(link)).isEqualTo(row(3));
        assertThat(folder.resolve("cache/datasets--org--rows/refs/main")).hasContent(FakeHub.commit());
    }

    @Test
    void theCardDeclaresConfigurations() throws IOException {
        put("README.md", """
            ---
            license: mit
            configs:
            - config_name: default
              data_files: other/*.jsonl
            - config_name: small
              data_files:
              - split: train
                path: ["data/train-00000-*.jsonl"]
              - split: test
                path: "data/test-*"
            ---
            # Rows
            """);
        put("other/x.jsonl", row(9));
        assertThat(files("dataset huggingFace('org/rows')")).containsExactly("org/rows/other/x.jsonl");
        assertThat(files("dataset huggingFace('org/rows', config: 'small')"))
                .containsExactly("org/rows/data/train-00000-of-00002.jsonl");
        assertThat(files("dataset huggingFace('org/rows', config: 'small', split: 'test')"))
                .containsExactly("org/rows/data/test-00000-of-00001.jsonl");
    }

    @Test
    void readsTheCacheOffline() throws IOException {
        String lines = "dataset huggingFace('org/rows')";
        List<String> online = files(lines);
        int asked = fake.asked.size();
        assertThat(resolve(lines, true).files()).extracting(file -> file.name()).isEqualTo(online);
        assertThat(fake.asked).hasSize(asked);
        assertThatThrownBy(() -> resolve("dataset huggingFace('org/none')", true))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("prepare: 'org/none' at 'main' is not in the cache");
    }

    @Test
    void usesTheLastCommitWhenTheHubIsAway() throws IOException {
        String lines = "dataset huggingFace('org/rows')";
        List<String> online = files(lines);
        fake.close();
        assertThat(files(lines)).isEqualTo(online);
    }

    @ParameterizedTest
    @CsvSource({
        "401, prepare: the dataset 'org/rows' is not on",
        "404, prepare: the dataset 'org/rows' is not on",
        "429, limits the request rate (status 429)",
        "500, answered status 500"
    })
    void explainsErrors(int status, String message) {
        fake.status = status;
        assertThatThrownBy(() -> files("dataset huggingFace('org/rows')"))
                .isInstanceOf(StageProblem.class)
                .hasMessageStartingWith("prepare: ")
                .hasMessageContaining(message);
    }

    @Test
    void namesTheFilesThatAreThere() {
        assertThatThrownBy(() -> files("dataset huggingFace('org/rows', split: 'dev')"))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("no file of config 'default', split 'dev'")
                .hasMessageContaining("data/test-00000-of-00001.jsonl");
    }

    /** Other tools cache files that Septet does not read, and do not write its list of names. */
    @Test
    void theCacheOfAnotherToolGivesTheFilesOfTheHub() throws IOException {
        String lines = "dataset huggingFace('org/rows')";
        List<String> online = files(lines);
        Path snapshot = folder.resolve("cache/datasets--org--rows/snapshots").resolve(FakeHub.commit());
        Files.writeString(snapshot.resolve("data/train.md"), "text");
        Files.writeString(snapshot.resolve("data/.train.jsonl"), row(8));
        Files.delete(folder.resolve("cache/datasets--org--rows/files").resolve(FakeHub.commit()));
        assertThat(resolve(lines, true).files()).extracting(file -> file.name()).isEqualTo(online);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void refusesAnIncompleteSplitByNameOffline(boolean listed) throws IOException {
        String lines = "dataset huggingFace('org/rows')";
        files(lines);
        Path cache = folder.resolve("cache/datasets--org--rows");
        Files.delete(cache.resolve("snapshots").resolve(FakeHub.commit()).resolve("data/train-00001-of-00002.jsonl"));
        if (!listed) {
            Files.delete(cache.resolve("files").resolve(FakeHub.commit()));
        }
        assertThatThrownBy(() -> resolve(lines, true))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("lacks files of 'org/rows' at 'main', config 'default', split 'train'")
                .hasMessageContaining(": data/train-00001-of-00002.jsonl; run once");
    }

    /** Names without numbers of shards: only the list of the commit's files tells that one is missing. */
    @Test
    void refusesAMissingFileWithoutANumberOffline() throws IOException {
        fake.files("datasets/" + ID).clear();
        put("train/a.jsonl", row(1));
        put("train/b.jsonl", row(2));
        String lines = "dataset huggingFace('org/rows')";
        files(lines);
        Files.delete(folder.resolve("cache/datasets--org--rows/snapshots")
                .resolve(FakeHub.commit())
                .resolve("train/b.jsonl"));
        assertThatThrownBy(() -> resolve(lines, true)).hasMessageContaining(": train/b.jsonl; run once");
    }
}
