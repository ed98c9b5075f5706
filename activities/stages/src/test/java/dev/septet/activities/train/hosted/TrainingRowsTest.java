package dev.septet.activities.train.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows in the form of a service with OpenAI's API. */
class TrainingRowsTest {
    private static final String END = ",\"source\":\"rows.jsonl:1\"}\n";

    @TempDir
    Path folder;

    private String written(String row, boolean pairs) throws IOException {
        Path rows = folder.resolve("train.jsonl");
        Files.writeString(rows, row);
        new TrainingRows(rows, pairs).writeTo(folder.resolve("out.jsonl"));
        return Files.readString(folder.resolve("out.jsonl"));
    }

    @Test
    void keepsToolsCallsAndWeights() throws IOException {
        assertThat(written(
                        "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Yes?\",\"weight\":0},"
                                + "{\"role\":\"user\",\"content\":\"Time?\"},"
                                + "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"clock\",\"arguments\":{\"zone\":\"CET\"}}}]},"
                                + "{\"role\":\"tool\",\"content\":\"12:00\",\"tool_call_id\":\"a\",\"name\":\"clock\"},"
                                + "{\"role\":\"assistant\",\"content\":\"Noon.\"}],\"tools\":[{\"name\":\"clock\"}]"
                                + END,
                        false))
                .isEqualTo(
                        "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Yes?\",\"weight\":0},{\"role\":\"user\",\"content\":\"Time?\"},{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"clock\",\"arguments\":\"{\\\"zone\\\":\\\"CET\\\"}\"}}]},{\"role\":\"tool\",\"content\":\"12:00\",\"tool_call_id\":\"a\"},{\"role\":\"assistant\",\"content\":\"Noon.\"}],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"clock\"}}]}\n");
    }

    @Test
    void keepsToolsOfPairs() throws IOException {
        String call =
                "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"clock\",\"arguments\":\"{}\"}}]}";
        assertThat(written(
                        "{\"prompt\":[{\"role\":\"user\",\"content\":\"Time?\"}],\"chosen\":[" + call
                                + "],\"rejected\":\"No.\",\"tools\":[{\"name\":\"clock\"}]" + END,
                        true))
                .isEqualTo("{\"input\":{\"messages\":[{\"role\":\"user\",\"content\":\"Time?\"}],"
                        + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"clock\"}}]},"
                        + "\"preferred_output\":[" + call.replace("\"content\":null,", "") + "],"
                        + "\"non_preferred_output\":[{\"role\":\"assistant\",\"content\":\"No.\"}]}\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
        "content":"a","reasoning_content":"hm"                | `reasoning_content`, which the service does not learn; remove it, or train without `by`
        "content":null,"tool_calls":[{"name":"f"}]            | a tool call without `id`, which the service requires
        """)
    void refusesWhatTheServiceDoesNotKnow(String fields, String reason) {
        String row =
                "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\"," + fields + "}]" + END;
        assertThatThrownBy(() -> written(row, false))
                .isInstanceOf(StageProblem.class)
                .hasMessage("train: by openai(...): the dataset's rows have " + reason);
    }
}
