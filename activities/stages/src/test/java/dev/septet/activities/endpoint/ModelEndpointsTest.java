package dev.septet.activities.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.train.hosted.OpenAiBackEnd;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelEndpointsTest {
    private static final String DECLARED = """
        endpoints:
          azure:
            url: https://example.openai.azure.com/openai/v1/
            key: AZURE_OPENAI_API_KEY
            models: [gpt-4o-mini-2024-07-18, gpt-4.1-nano-2025-04-14]
            prices: {gpt-4o-mini-2024-07-18: 3.5}
            currency: EUR
          local: {url: 'http://127.0.0.1:8000/v1', models: [tiny]}
        """;

    @TempDir
    private Path temp = Path.of("");

    @Test
    void bedrockIsNoServiceWithOpenAisApi() throws IOException {
        ModelEndpoints endpoints = endpoints(DECLARED);
        OpenAiBackEnd named = new OpenAiBackEnd(endpoints, new OpenAiSpec("bedrock", "tiny", null, null));

        assertThat(endpoints.service("train", "local").name()).isEqualTo("local");
        assertThatThrownBy(named::fingerprint)
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("endpoint: 'bedrock' is Amazon Bedrock")
                .hasMessageContaining("write `by bedrock(model: ...)`");
    }

    @Test
    void readsWhatTheOperatorDeclares() throws IOException {
        ModelEndpoints endpoints = endpoints(DECLARED);

        ModelEndpoint azure = endpoints.allowing("train", "azure", "gpt-4o-mini-2024-07-18");

        assertThat(azure.key()).isEqualTo("AZURE_OPENAI_API_KEY");
        assertThat(azure.models()).isEqualTo(List.of("gpt-4o-mini-2024-07-18", "gpt-4.1-nano-2025-04-14"));
        assertThat(azure.cost("gpt-4o-mini-2024-07-18", 2_000_000)).isEqualTo(7.0);
        assertThat(azure.cost("gpt-4.1-nano-2025-04-14", 2_000_000)).isNull();
        assertThat(azure.currency()).isEqualTo("EUR");
        assertThat(azure.resolve("fine_tuning/jobs?limit=10"))
                .isEqualTo(URI.create("https://example.openai.azure.com/openai/v1/fine_tuning/jobs?limit=10"));
        assertThat(endpoints.endpoint("train", "local").key()).isNull();
    }

    @Test
    void eachRequestRepeatsTheQueryOfTheBaseAddress() throws IOException {
        ModelEndpoint azure = endpoints(
                        "endpoints: {a: {url: 'https://a.openai.azure.com/openai?api-version=2024-10-21', models:"
                                + " [m]}}")
                .endpoint("train", "a");

        assertThat(azure.resolve("files"))
                .isEqualTo(URI.create("https://a.openai.azure.com/openai/files?api-version=2024-10-21"));
        assertThat(azure.resolve("files?limit=1"))
                .isEqualTo(URI.create("https://a.openai.azure.com/openai/files?limit=1&api-version=2024-10-21"));
    }

    @Test
    void whatIsNotDeclaredIsNamedWithWhatThereIs() throws IOException {
        ModelEndpoints endpoints = endpoints(DECLARED);

        assertThatThrownBy(() -> endpoints.endpoint("train: by openai", "openai"))
                .isInstanceOfSatisfying(
                        StageProblem.class,
                        problem -> assertThat(problem.type()).isEqualTo(FailureType.POLICY_DENIED))
                .hasMessageStartingWith("train: by openai: the operator's file")
                .hasMessageEndingWith("has no endpoint 'openai' in `endpoints:`; it has azure, local");
        assertThatThrownBy(() -> endpoints.allowing("train", "local", "gpt-4"))
                .hasMessage("train: the operator's file does not allow the model 'gpt-4' at the endpoint 'local', only"
                        + " tiny; write one of these, or ask the operator to add it to `models:`");
        assertThatThrownBy(() -> new ModelEndpoints(null, Map.of()).endpoint("train", "local"))
                .hasMessage("train: this worker allows no endpoints; its operator declares them in a file and sets"
                        + " SEPTET_TRAINERS to its path");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{models: [m]} | endpoints: a: url: expected an address such as https://api.openai.com/v1",
                "{url: 'http://a.example/v1', models: [m]} | endpoints: a: url: expected an address that begins with"
                        + " https://",
                "{url: 'https://u:p@a.example/v1', models: [m]} | endpoints: a: url: expected an address without a"
                        + " user",
                "{url: 'https://a.example/v1#x', models: [m]} | endpoints: a: url: expected an address such as",
                "{url: 'https://a.example/v1'} | endpoints: a: models: expected a list of base models",
                "{url: 'https://a.example/v1', models: ['a b']} | endpoints: a: models: expected a list of base models",
                "{url: 'https://a.example/v1', models: [m], key: 'sk-123'} | endpoints: a: key: expected the name of"
                        + " an environment variable",
                "{url: 'https://a.example/v1', models: [m], prices: {n: 1}} | endpoints: a: prices: n: is not in"
                        + " `models:`; it has m",
                "{url: 'https://a.example/v1', models: [m], prices: {m: -1}} | endpoints: a: prices: m: expected the"
                        + " price",
                "{url: 'https://a.example/v1', models: [m], currency: euro} | endpoints: a: currency: expected a code",
                "{url: 'https://a.example/v1', models: [m], fileExpiry: 30m} | endpoints: a: fileExpiry: expected a"
                        + " time from",
                "{url: 'https://a.example/v1', models: [m], token: x} | endpoints: a: has no `token`; it has url, key,"
                        + " models",
            })
    void aWrongDeclarationIsNamedWithItsFile(String declaration, String message) throws IOException {
        ModelEndpoints endpoints = endpoints("endpoints:\n  a: " + declaration + "\n");

        assertThatThrownBy(() -> endpoints.endpoint("train", "a"))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("trainers.yaml (SEPTET_TRAINERS): " + message);
    }

    @Test
    void theDeclarationOfThePageIsValid() throws IOException {
        String page = Files.readString(Path.of("../../.github/docs/trainers.md"));
        int begin = page.indexOf("endpoints:\n");

        ModelEndpoint azure = endpoints(page.substring(begin, page.indexOf("```", begin)))
                .allowing("train", "azure", "gpt-4o-mini-2024-07-18");

        assertThat(azure.cost("gpt-4o-mini-2024-07-18", 1_000_000)).isEqualTo(3.3);
        assertThat(azure.fileExpiry()).isEqualTo(Duration.ofDays(30));
    }

    private ModelEndpoints endpoints(String yaml) throws IOException {
        Path file = temp.resolve("trainers.yaml");
        Files.writeString(file, yaml);
        return new ModelEndpoints(file, Map.of());
    }
}
