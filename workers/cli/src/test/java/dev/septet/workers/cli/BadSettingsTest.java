package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings that cannot be meant are told before anything starts; {@code env} shows them. */
class BadSettingsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"worker", "dev", "run PIPELINE", "plan PIPELINE", "chat X", "serve X"})
    void nothingStartsWithThem(String line) throws IOException {
        Path pipeline = Files.writeString(folder.resolve("pipeline.groovy"), PIPELINE);
        Files.writeString(folder.resolve("data.jsonl"), "{\"prompt\":\"a\",\"answer\":\"b\"}\n");
        Files.createDirectories(folder.resolve("tiny"));
        Captured septet = new Captured(folder)
                .with("SEPTET_NOTIFY_PRIVATE", "yes")
                .with("SEPTET_SANDBOX", "OFF")
                .with("AWS_ENDPOINT_URL", "me:geheim@s3.example");
        Object[] words = line.replace("PIPELINE", pipeline.toString()).split(" ");

        int code = septet.run(words);

        assertThat(code).as(septet.err()).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err())
                .contains(
                        "SEPTET_SANDBOX is on or off, got 'OFF'",
                        "SEPTET_NOTIFY_PRIVATE is allow, got 'yes'",
                        "AWS_ENDPOINT_URL is an address such as https://s3.example, got");
    }

    private static final String PIPELINE = """
        pipeline('hello') {
            prepare    { dataset 'data.jsonl' }
            initialize { model 'tiny' }
            train      { method lora() }
        }
        """;

    @Test
    void envShowsThemAndEveryOtherSetting() throws IOException {
        Captured septet = new Captured(folder).with("SEPTET_SANDBOX", "OFF");

        assertThat(septet.run("env", "--json")).isEqualTo(ExitCode.OK);
        JsonNode settings = SpecJson.mapper().readTree(septet.out()).at("/settings");
        List<String> names = settings.findValuesAsText("name");
        assertThat(names)
                .containsExactlyElementsOf(Arrays.stream(Setting.values())
                        .filter(setting -> !setting.isPattern())
                        .map(Setting::variable)
                        .toList());
        int sandbox = names.indexOf("SEPTET_SANDBOX");
        assertThat(settings.get(sandbox).get("value").asText()).isEqualTo("OFF");
        assertThat(settings.get(sandbox).get("from").asText()).isEqualTo("environment");
        int cache = names.indexOf("SEPTET_STORE_CACHE_GB");
        assertThat(settings.get(cache).get("value").asText()).isEqualTo("100");
        assertThat(settings.get(cache).get("from").asText()).isEqualTo("default");
    }
}
