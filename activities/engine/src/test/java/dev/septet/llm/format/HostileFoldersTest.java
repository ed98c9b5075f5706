package dev.septet.llm.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.llm.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Folders that try to make a reader run code, read files elsewhere, or wait for ever. */
class HostileFoldersTest {
    private static final byte[] PICKLE = {(byte) 0x80, 4, (byte) 0x95, 0, 0, 0, 0, 0};

    @TempDir
    Path temporary;

    private Path folder = Path.of("");

    @BeforeEach
    void copyAGoodModel() throws Exception {
        folder = Files.createDirectory(temporary.resolve("model"));
        for (String name : List.of("config.json", "tokenizer.json", "model.safetensors")) {
            Files.copy(Tiny.base().resolve(name), folder.resolve(name));
        }
    }

    @Test
    void refusesWeightsThatArePickles() throws IOException {
        Files.delete(folder.resolve("model.safetensors"));
        Path pickle = Files.write(folder.resolve("pytorch_model.bin"), PICKLE);
        refuses(pickle, "is a Python pickle, which can run any code when it is loaded");
    }

    @Test
    void refusesAdaptersThatArePickles() throws IOException {
        Path adapter = Files.createDirectory(temporary.resolve("adapter"));
        Files.writeString(adapter.resolve("adapter_config.json"), "{}");
        Path pickle = Files.write(adapter.resolve("adapter_model.bin"), PICKLE);
        assertThatThrownBy(() -> PeftAdapter.open(adapter))
                .isInstanceOf(FormatProblem.class)
                .hasMessageStartingWith(pickle + ": is a Python pickle");
    }

    @Test
    void leavesPicklesBesideTheWeightsUnread() throws IOException {
        Files.write(folder.resolve("training_args.bin"), PICKLE);
        Files.writeString(folder.resolve("notes.bin"), "no pickle");
        assertThat(ModelFolder.open(folder).ignoredPickles()).containsExactly("training_args.bin");
    }

    @Test
    void refusesAnIndexThatPointsElsewhere() throws IOException {
        Files.delete(folder.resolve("model.safetensors"));
        Files.writeString(
                folder.resolve("model.safetensors.index.json"), "{\"weight_map\":{\"a\":\"../../etc/passwd\"}}");
        refuses(folder, "refers to \"../../etc/passwd\", expected the plain name of a file in this folder");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void refusesLinksOutOfTheFolder() throws IOException {
        Path secret = Files.writeString(temporary.resolve("secret.json"), "{}");
        Files.delete(folder.resolve("tokenizer.json"));
        Path link = Files.createSymbolicLink(folder.resolve("tokenizer.json"), secret);
        refuses(link, "is a link to " + secret.toRealPath() + ", outside of its folder; copy the file instead");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void refusesPipesAtOnce() throws Exception {
        Path pipe = folder.resolve("model.safetensors");
        Files.delete(pipe);
        Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).start();
        assertThat(mkfifo.waitFor(60, TimeUnit.SECONDS)).isTrue();
        refuses(pipe, "is a device, pipe or socket, expected a regular file");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void refusesDevicesAtOnce() {
        Path zero = Path.of("/dev/zero");
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            assertThatThrownBy(() -> Safetensors.open(zero))
                    .hasMessage("/dev/zero: is a device, pipe or socket, expected a regular" + " file");
            assertThatThrownBy(() -> GgufFile.open(zero))
                    .hasMessage("/dev/zero: is a device, pipe or socket, expected a regular" + " file");
            assertThatThrownBy(() -> ModelFolder.open(zero))
                    .hasMessage("/dev/zero: is not a folder; expected a folder with config.json" + " and safetensors");
        });
    }

    @Test
    void refusesConfigsThatAreNoJson() throws IOException {
        Path config = Files.writeString(folder.resolve("config.json"), "[".repeat(100_000));
        refuses(config, "the file is not valid JSON");
    }

    private void refuses(Path file, String reason) {
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> assertThatThrownBy(() -> ModelFolder.open(folder))
                        .isInstanceOf(FormatProblem.class)
                        .hasMessageStartingWith(file + ": " + reason));
    }
}
