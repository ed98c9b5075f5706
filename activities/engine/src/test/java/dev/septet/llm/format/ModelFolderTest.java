package dev.septet.llm.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {
    @TempDir
    Path temporary;

    @Test
    void readsWhatTransformersWrote() throws Exception {
        ModelFolder model = ModelFolder.open(Tiny.base());

        assertThat(model.architecture()).isEqualTo("LlamaForCausalLM");
        assertThat(model.config().path("hidden_size").asInt()).isEqualTo(32);
        assertThat(model.parameters()).isEqualTo(28_832);
        assertThat(model.license()).contains("apache-2.0");
        assertThat(model.chatTemplate().orElseThrow()).startsWith("{% for m in messages %}");
        assertThat(model.generationConfig().path("eos_token_id").asInt()).isEqualTo(2);
        assertThat(model.tokenizer()).exists();
        assertThat(model.ignoredPickles()).isEmpty();
    }

    @Test
    void digestIsThatOfTheSortedListOfFileDigests() throws Exception {
        Path folder = Files.createDirectory(temporary.resolve("two"));
        Files.writeString(folder.resolve("b"), "beta");
        Files.writeString(folder.resolve("a"), "alpha");
        Files.writeString(folder.resolve(".hidden"), "x");

        String lines = sha256("alpha") + "  a\n" + sha256("beta") + "  b\n";
        assertThat(FolderDigest.of(folder)).isEqualTo(sha256(lines));
    }

    @Test
    void shardsReadBackAsTheWholeModel() throws Exception {
        ModelFolder model = ModelFolder.open(Tiny.base());
        Path out = temporary.resolve("sharded");
        List<TensorSource> tensors =
                model.tensors().values().stream().map(TensorSource::of).toList();
        ModelFolderWriter.write(out, model.config(), tensors, model, 50_000);

        assertThat(out.resolve("model-00001-of-00003.safetensors")).exists();
        ModelFolder copy = ModelFolder.open(out);
        assertThat(copy.tensors()).containsExactlyInAnyOrderEntriesOf(model.tensors());
        assertThat(copy.config()).isEqualTo(model.config());
        assertThat(copy.tokenizer()).hasSameBinaryContentAs(model.tokenizer());
        assertThat(copy.chatTemplate()).isEqualTo(model.chatTemplate());
    }

    @Test
    void writesTheSameFolderEveryTime() throws Exception {
        ModelFolder model = ModelFolder.open(Tiny.base());
        List<TensorSource> tensors =
                model.tensors().values().stream().map(TensorSource::of).toList();
        for (String name : List.of("one", "two")) {
            ModelFolderWriter.write(temporary.resolve(name), model.config(), tensors, model, 1 << 30);
        }
        assertThat(FolderDigest.of(temporary.resolve("one"))).isEqualTo(FolderDigest.of(temporary.resolve("two")));
    }

    @Test
    void namesEverythingThatIsMissing() throws IOException {
        Path empty = Files.createDirectory(temporary.resolve("empty"));
        assertThatThrownBy(() -> ModelFolder.open(empty))
                .isInstanceOf(FormatProblem.class)
                .hasMessage(empty
                        + ": is not a complete model folder, it lacks config.json, tokenizer.json,"
                        + " model.safetensors (or model.safetensors.index.json)");
        assertThatThrownBy(() -> ModelFolder.open(temporary.resolve("nowhere")))
                .hasMessage(temporary.resolve("nowhere") + ": no such folder");
    }

    @Test
    void namesMissingShards() throws Exception {
        ModelFolder model = ModelFolder.open(Tiny.base());
        Path out = temporary.resolve("sharded");
        List<TensorSource> tensors =
                model.tensors().values().stream().map(TensorSource::of).toList();
        ModelFolderWriter.write(out, model.config(), tensors, model, 50_000);
        Files.delete(out.resolve("model-00002-of-00003.safetensors"));

        assertThatThrownBy(() -> ModelFolder.open(out))
                .hasMessage(out
                        + ": lacks files that model.safetensors.index.json names:"
                        + " model-00002-of-00003.safetensors");
    }

    @Test
    void readsTheHubCacheThroughItsLinks() throws Exception {
        Path blobs = Files.createDirectories(temporary.resolve("models--a--b/blobs"));
        Path snapshot = Files.createDirectories(temporary.resolve("models--a--b/snapshots/abc"));
        for (String name : List.of("config.json", "tokenizer.json", "model.safetensors")) {
            Files.copy(Tiny.base().resolve(name), blobs.resolve("blob-" + name));
            Files.createSymbolicLink(snapshot.resolve(name), Path.of("../../blobs/blob-" + name));
        }
        assertThat(ModelFolder.open(snapshot).parameters()).isEqualTo(28_832);
    }

    private static String sha256(String text) throws Exception {
        byte[] sum = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(sum);
    }
}
