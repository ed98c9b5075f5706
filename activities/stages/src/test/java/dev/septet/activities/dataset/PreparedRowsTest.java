package dev.septet.activities.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparedRowsTest {
    @TempDir
    Path folder;

    @Test
    void readsBackWhatWasWritten() throws IOException {
        List<Row> rows =
                List.of(Reads.row("{\"prompt\":\"p\\n\",\"completion\":\"ü\"}"), Reads.row("{\"text\":\"t\"}"));
        Path file = folder.resolve("test.jsonl");
        Files.writeString(
                file, String.join("\n", rows.stream().map(RowJson::line).toList()) + "\n");
        assertThat(PreparedRows.read(file, 0)).isEqualTo(rows);
        assertThat(PreparedRows.read(file, 1)).isEqualTo(rows.subList(0, 1));
    }

    @Test
    void saysWhenTheFileIsNotOne() throws IOException {
        Path file = Files.writeString(folder.resolve("test.jsonl"), "{\"text\":\"t\"}\n");
        assertThatThrownBy(() -> PreparedRows.read(file, 0))
                .hasMessage("test.jsonl:1: \"source\" is missing, expected text; prepare the dataset again");
    }
}
