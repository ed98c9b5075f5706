package dev.septet.activities.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointModelTest {
    private static final EndpointModel MODEL =
            new EndpointModel("azure", "ft:gpt-4o-mini-2024-07-18:org:septet:abc", "gpt-4o-mini-2024-07-18", "ftjob-1");

    @TempDir
    private Path temp = Path.of("");

    @Test
    void isOneFileWithTheSameBytesEachTime() throws IOException {
        MODEL.write(temp);

        assertThat(temp.resolve("endpoint-model.json"))
                .hasContent(
                        "{\"base\":\"gpt-4o-mini-2024-07-18\",\"endpoint\":\"azure\",\"format\":1,\"job\":\"ftjob-1\","
                                + "\"model\":\"ft:gpt-4o-mini-2024-07-18:org:septet:abc\"}\n");
        assertThat(EndpointModel.read(temp)).contains(MODEL);
    }

    @Test
    void aFolderWithWeightsIsNone() throws IOException {
        assertThat(EndpointModel.read(temp)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | it is not JSON",
                "[] | it has no `format: 1`",
                "{\"format\":2} | it has the format 2; this version of Septet reads format 1",
                "{\"format\":1} | it must have the names base, endpoint, format, job and model",
                "{\"base\":\"b\",\"endpoint\":\"e\",\"format\":1,\"job\":\"j\",\"model\":1} | `model` is not text",
                "{\"base\":\"b\",\"endpoint\":\"e\",\"format\":1,\"job\":\"j\",\"model\":\"../m\"} | `model` is not a"
                        + " name",
                "{\"base\":\"b\",\"endpoint\":\"e\",\"format\":1,\"job\":\"j\",\"model\":\"m\",\"x\":1} | it must have"
                        + " the names",
            })
    void aDamagedFileIsRefused(String json, String message) throws IOException {
        Files.writeString(temp.resolve("endpoint-model.json"), json);

        assertThatThrownBy(() -> EndpointModel.read(temp))
                .isInstanceOfSatisfying(
                        StageProblem.class,
                        problem -> assertThat(problem.type()).isEqualTo(FailureType.CHAIN_BROKEN))
                .hasMessageStartingWith(
                        "endpoint-model.json, which names the model of a service, is damaged: " + message)
                .hasMessageEndingWith("; train the model again");
    }
}
