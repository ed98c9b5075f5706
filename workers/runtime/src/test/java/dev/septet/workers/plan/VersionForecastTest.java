package dev.septet.workers.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.HuggingfaceSpec;
import dev.septet.dsl.pipeline.deploy.VllmSpec;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionForecastTest {
    private static final long PARAMETERS = 1_000_000;
    private static final LoraSpec LORA = new LoraSpec(2, 4, 0, List.of("q_proj"));

    @TempDir
    Path temp;

    /** A base model of 16 bits, a form of 8 bits, and two targets with the merged model. */
    @Test
    void aVersionOfCopiesTakesSevenAndAHalfTimesTheBaseModel() throws IOException {
        VersionForecast copies = forecast(LORA, Map.of("SEPTET_TARGET_FILES", "copy"));
        assertThat(copies.storeBytes()).isEqualTo(7_062_500);
        assertThat(copies.targetBytes()).isEqualTo(8_000_000);
        assertThat(copies.words(bytes -> bytes / 1000 + " kB"))
                .startsWith("a version takes about 7062 kB in the store and 8000 kB at the targets, 7.5 times the base"
                        + " model; the disk has room for ");

        VersionForecast links = forecast(LORA, Map.of());
        assertThat(links.targetBytes()).isZero();
        assertThat(links.words(bytes -> bytes / 1000 + " kB"))
                .startsWith(
                        "a version takes about 7062 kB in the store, 3.5 times the base model; the disk has room for ");

        assertThat(forecast(LORA, Map.of("SEPTET_MERGED_TYPE", "base")).storeBytes())
                .isEqualTo(5_062_500);
        assertThat(forecast(new FullSpec(), Map.of("SEPTET_MERGED_TYPE", "base"))
                        .storeBytes())
                .as("it is not merged, and the training's result is a model too")
                .isEqualTo(11_062_500);
        assertThat(forecast(LORA, Map.of("SEPTET_TARGET_MODE", "group")).targetBytes())
                .as("a link would let the group read the store's file")
                .isEqualTo(8_000_000);
    }

    private VersionForecast forecast(MethodSpec method, Map<String, String> environment) throws IOException {
        Path base = Files.createDirectories(temp.resolve("base"));
        Files.write(base.resolve("model.safetensors"), new byte[(int) (2 * PARAMETERS)]);
        DeploySpec deploy = new DeploySpec(
                List.of(DeploySpec.Quantization.INT8),
                List.of(new VllmSpec("models/vllm"), new HuggingfaceSpec("models/hub")),
                null,
                null,
                DeploySpec.DEFAULT_POLICY);
        return VersionForecast.of(
                new LocalStore(temp.resolve("store")), environment, deploy, method, PARAMETERS, base, temp);
    }
}
