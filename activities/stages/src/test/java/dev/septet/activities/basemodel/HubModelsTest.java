package dev.septet.activities.basemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.dsl.pipeline.HubId;
import dev.septet.llm.format.FolderDigest;
import dev.septet.llm.format.ModelFolder;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubModelsTest {
    private static final String ID = "septet/tiny";

    @TempDir
    Path temp;

    private FakeHub hub;
    private Path cache;

    @BeforeEach
    void publish() throws IOException {
        hub = FakeHub.start();
        hub.publish(ID, TinyPipeline.baseModel());
        cache = temp.resolve("hub");
    }

    @AfterEach
    void close() {
        hub.close();
    }

    @Test
    void fetchesAModelIntoTheHubsOwnCacheOnce() throws IOException {
        Path folder = fetch("main");
        assertThat(FolderDigest.of(folder)).isEqualTo(FolderDigest.of(TinyPipeline.baseModel()));
        assertThat(ModelFolder.open(folder).parameters()).isPositive();
        Path model = cache.resolve("models--septet--tiny");
        assertThat(folder).isEqualTo(model.resolve("snapshots/" + FakeHub.commit()));
        assertThat(model.resolve("refs/main")).hasContent(FakeHub.commit());
        assertThat(Files.readSymbolicLink(folder.resolve("config.json")).toString())
                .matches("\\.\\./\\.\\./blobs/[0-9a-f]{40}");
        assertThat(Files.readSymbolicLink(folder.resolve("model.safetensors")).toString())
                .matches("\\.\\./\\.\\./blobs/[0-9a-f]{64}");
        hub.asked.clear();
        assertThat(fetch("main")).isEqualTo(folder);
        assertThat(hub.asked).containsExactly("/api/models/septet/tiny/revision/main");
        hub.asked.clear();
        assertThat(fetch(FakeHub.commit())).isEqualTo(folder);
        assertThat(hub.asked).as("a commit never changes").isEmpty();
        assertThat(fetch("refs/pr/1")).isEqualTo(folder);
        assertThat(hub.asked).containsExactly("/api/models/septet/tiny/revision/refs%2Fpr%2F1");
    }

    @Test
    void goesOnWhereTheLineBroke() throws IOException {
        int size = hub.content(ID, "model.safetensors").length;
        hub.breakAfter = size / 4 + 1;
        List<Long> heard = new ArrayList<>();
        Path folder =
                models(false, Optional.empty()).folder(id(ID), Optional.empty(), (done, total) -> heard.add(done));
        assertThat(FolderDigest.of(folder)).isEqualTo(FolderDigest.of(TinyPipeline.baseModel()));
        // What the client had not yet handed over when the line broke may be lost with it.
        List<Integer> begins = hub.asked.stream()
                .filter(path -> path.startsWith("store"))
                .map(path -> Integer.parseInt("0" + path.replaceAll("\\D", "")))
                .toList();
        assertThat(begins).startsWith(0).isSorted().hasSizeGreaterThanOrEqualTo(4);
        for (int i = 1; i < begins.size(); i++) {
            assertThat(begins.get(i) - begins.get(i - 1)).isBetween(0, hub.breakAfter);
        }
        assertThat(begins).last(InstanceOfAssertFactories.INTEGER).isGreaterThan(size / 2);
        assertThat(heard).isSorted();
    }

    @Test
    void goesOnAfterAKillAndBeginsAnewWhereItMust() throws IOException {
        byte[] content = hub.content(ID, "model.safetensors");
        HubListener killed = (done, total) -> {
            if (done > total / 2) {
                throw new IllegalStateException("killed");
            }
        };
        hub.breakAfter = 10_000;
        assertThatThrownBy(() -> models(false, Optional.empty()).folder(id(ID), Optional.empty(), killed))
                .hasMessage("killed");
        hub.asked.clear();
        hub.breakAfter = -1;
        fetch("main");
        assertThat(hub.asked).anyMatch(path -> path.matches("store bytes=[1-9]\\d*-"));
        // A server that ignores ranges sends everything: nothing is doubled.
        hub.ignoresRanges = true;
        cache = temp.resolve("other");
        hub.breakAfter = content.length - 1;
        assertThatThrownBy(() -> fetch("main"))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("the part that arrived is kept");
        hub.breakAfter = -1;
        assertThat(FolderDigest.of(fetch("main"))).isEqualTo(FolderDigest.of(TinyPipeline.baseModel()));
    }

    @Test
    void takesNoDamagedBytes() throws IOException {
        Path part = fetchedPart();
        byte[] damaged = Files.readAllBytes(part);
        damaged[damaged.length / 2] ^= 1;
        Files.delete(part);
        Files.write(part.resolveSibling(part.getFileName() + ".incomplete"), damaged);
        assertThatThrownBy(() -> fetch("main")).hasMessageContaining("model.safetensors of septet/tiny is damaged");
        assertThat(FolderDigest.of(fetch("main"))).isEqualTo(FolderDigest.of(TinyPipeline.baseModel()));
    }

    private Path fetchedPart() throws IOException {
        return fetch("main").resolve("model.safetensors").toRealPath();
    }

    @Test
    void givesTheTokenToTheHubOnly() throws IOException {
        hub.tokenNeeded = "hf_secret";
        Path folder = models(false, Optional.of("hf_secret")).folder(id(ID), Optional.empty(), (done, total) -> {});
        assertThat(folder.resolve("model.safetensors")).exists();
        assertThat(hub.tokensSeenByStore).isEmpty();
        assertThat(settings(false, Optional.of("hf_secret")).toString()).doesNotContain("secret");
        assertThatThrownBy(() -> fetch("main"))
                .hasMessageContaining("'septet/tiny' is not on http://127.0.0.1")
                .hasMessageContaining("or it is private and the worker has no token (HF_TOKEN is not set)");
        hub.gated = true;
        assertThatThrownBy(() ->
                        models(false, Optional.of("hf_wrong")).folder(id(ID), Optional.empty(), (done, total) -> {}))
                .hasMessageContaining("is gated and the worker's token (HF_TOKEN) may not read it")
                .hasMessageNotContaining("hf_wrong");
    }

    @Test
    void saysWhatIsNotThere() {
        assertRefused("septet/none", "main", "'septet/none' is not on http://127.0.0.1");
        assertRefused(ID, "v2", "has no revision 'v2'; see http://127.0.0.1");
        hub.files("septet/pickle").put("config.json", new byte[] {'{', '}'});
        hub.files("septet/pickle").put("pytorch_model.bin", new byte[] {1});
        assertRefused("septet/pickle", "main", "Python pickles only");
        assertThat(hub.asked).noneMatch(path -> path.contains("pytorch_model.bin"));
        hub.files("septet/gguf").put("model.Q4_0.gguf", new byte[] {1});
        assertRefused("septet/gguf", "main", "has GGUF files only; download one");
        hub.files("septet/adapter").put("adapter_config.json", new byte[] {'{', '}'});
        assertRefused("septet/adapter", "main", "is an adapter, not a model");
    }

    private void assertRefused(String id, String revision, String message) {
        assertThatThrownBy(() ->
                        models(false, Optional.empty()).folder(id(id), Optional.of(revision), (done, total) -> {}))
                .isInstanceOfSatisfying(
                        StageProblem.class,
                        problem -> assertThat(problem.type()).isEqualTo(FailureType.INVALID_PIPELINE))
                .hasMessageContaining(message);
    }

    @Test
    void fetchesNothingThatIsNoPartOfTheModel() throws IOException {
        List<String> whole = List.copyOf(hub.files(ID).keySet());
        for (String name : List.of(
                "../../evil.json",
                "/etc/x.json",
                ".hidden.json",
                "onnx/config.json",
                "consolidated.safetensors",
                "training_args.bin",
                "run.sh")) {
            hub.files(ID).put(name, "{}".getBytes(StandardCharsets.UTF_8));
        }
        try (Stream<Path> names = Files.list(fetch("main"))) {
            assertThat(names.map(path -> path.getFileName().toString())).containsExactlyInAnyOrderElementsOf(whole);
        }
    }

    @Test
    void retriesLaterWhatIsNotTheAuthorsFault() {
        for (int status : new int[] {429, 500, 503}) {
            hub.status = status;
            assertThatThrownBy(() -> fetch("main"))
                    .isInstanceOfSatisfying(
                            StageProblem.class,
                            problem -> assertThat(problem.type().retryable()).isTrue())
                    .hasMessageContaining("status " + status);
        }
    }

    @Test
    void usesWhatItHasWithoutAHub() throws IOException {
        Path folder = fetch("main");
        assertThat(models(true, Optional.empty()).folder(id(ID), Optional.empty(), (done, total) -> {}))
                .isEqualTo(folder);
        hub.close();
        assertThat(fetch("main")).isEqualTo(folder);
        assertThatThrownBy(() -> fetch("refs/pr/1"))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("cannot fetch 'septet/tiny' from http://127.0.0.1")
                .hasMessageContaining("write the path of a model folder or of a .gguf file");
        // Other tools may have fetched the config alone.
        Files.delete(folder.resolve("model.safetensors"));
        assertThatThrownBy(() -> models(true, Optional.empty()).folder(id(ID), Optional.empty(), (done, total) -> {}))
                .hasMessageContaining("HF_HUB_OFFLINE does not allow a download");
    }

    @Test
    void readsTheEnvironmentOfTheHubsTools() throws IOException {
        Path home = Files.createDirectories(temp.resolve("home"));
        HubSettings plain = HubSettings.of(Map.of(), home);
        assertThat(plain).hasToString("hub https://huggingface.co, cache " + home + "/.cache/huggingface/hub");
        assertThat(plain.token()).isEmpty();
        Files.writeString(Files.createDirectories(temp.resolve("hf")).resolve("token"), "hf_x\n");
        HubSettings set = HubSettings.of(
                Map.of(
                        "HF_HOME",
                        temp.resolve("hf").toString(),
                        "HF_HUB_OFFLINE",
                        "1",
                        "HF_ENDPOINT",
                        "https://mirror.example/"),
                home);
        assertThat(set.endpoint()).hasToString("https://mirror.example");
        assertThat(set.cache()).isEqualTo(temp.resolve("hf/hub"));
        assertThat(set.token()).contains("hf_x");
        assertThat(set.offline()).isTrue();
        assertThatThrownBy(() -> HubSettings.of(Map.of("HF_ENDPOINT", "hub"), home))
                .hasMessage("HF_ENDPOINT is an address such as https://huggingface.co, got 'hub'");
    }

    private Path fetch(String revision) throws IOException {
        return models(false, Optional.empty()).folder(id(ID), Optional.of(revision), (done, total) -> {});
    }

    private HubModels models(boolean offline, Optional<String> token) {
        return new HubModels(settings(offline, token));
    }

    private HubSettings settings(boolean offline, Optional<String> token) {
        return new HubSettings(hub.endpoint(), cache, token, offline);
    }

    private static HubId id(String text) {
        return HubId.of(text).orElseThrow();
    }
}
