package dev.septet.activities.train.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.endpoint.BedrockAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows in the forms of Bedrock. */
class BedrockRowsTest {
    @TempDir
    Path folder;

    private String written(String answer, String more, BedrockAccount.Rows form) throws IOException {
        Path rows = folder.resolve("train.jsonl");
        Files.writeString(
                rows,
                "{\"messages\":[{\"role\":\"user\",\"content\":\"Time?\"},{\"role\":\"assistant\",%s}]%s,\"source\":\"rows.jsonl:1\"}\n"
                        .formatted(answer, more));
        new BedrockRows(rows, form).writeTo(folder.resolve("out.jsonl"));
        return Files.readString(folder.resolve("out.jsonl"));
    }

    @Test
    void anAnswerIsWritten() throws IOException {
        assertThat(written("\"content\":\"Noon.\"", "", BedrockAccount.Rows.COMPLETION))
                .isEqualTo("{\"prompt\":\"Time?\",\"completion\":\"Noon.\"}\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
        "content":"a","reasoning_content":"hm"           | `reasoning_content`, which Bedrock does not learn
        "content":null,"tool_calls":[{"name":"f"}]       | `tool_calls`, which Bedrock does not learn
        "content":"a","name":"ann"                       | messages with `name`, which Bedrock does not learn
        "content":"b","weight":0},{"role":"user","content":"c"},{"role":"assistant","content":"d" | answers that are not learned (`weight: 0`), but Bedrock learns all answers
        """)
    void whatBedrockDoesNotLearnIsRefusedByName(String answer, String why) {
        for (BedrockAccount.Rows form : BedrockAccount.Rows.values()) {
            assertThatThrownBy(() -> written(answer, "", form))
                    .isInstanceOf(StageProblem.class)
                    .hasMessageContaining("train: by bedrock(...): the dataset has " + why)
                    .hasMessageContaining("change the rows, or train without `by`");
        }
    }

    @Test
    void toolsAreRefusedByName() {
        assertThatThrownBy(() -> written(
                        "\"content\":\"a\"", ",\"tools\":[{\"name\":\"clock\"}]", BedrockAccount.Rows.CONVERSATION))
                .hasMessageContaining("the dataset has `tools`, which Bedrock does not learn");
    }
}
