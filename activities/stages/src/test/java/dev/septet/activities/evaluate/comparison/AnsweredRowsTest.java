package dev.septet.activities.evaluate.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnsweredRowsTest {
    private static final int ROWS = 10;
    private static final int PROMPT = 5_000;

    @TempDir
    Path folder;

    @Test
    void theRowsOfAllRunsFitIntoTheMemoryTogether() throws IOException {
        AnsweredRows.Memory memory = new AnsweredRows.Memory(ROWS * (PROMPT + 2_000));
        AnsweredRows first = run("first", 'a', memory).orElseThrow();
        AnsweredRows equal = run("equal", 'a', memory).orElseThrow();
        assertThat(equal.places(first)).isPresent();
        assertThat(equal.outcomes().get(3).prompt())
                .as("a prompt of both is in memory once")
                .isSameAs(first.outcomes().get(3).prompt());

        assertThat(run("other", 'b', memory)).as("other prompts do not fit").isEmpty();
        assertThat(run("last", 'a', memory)).as("nor do the runs after it").isEmpty();
        assertThat(run("other", 'b', new AnsweredRows.Memory(ROWS * (PROMPT + 2_000))))
                .isPresent();
    }

    @Test
    void manySmallRowsNeedMemoryToo() throws IOException {
        Path run = Files.createDirectories(folder.resolve("small"));
        Files.writeString(run.resolve("predictions.jsonl"), line("p", 1).repeat(1_000));
        assertThat(AnsweredRows.read(run, "", new AnsweredRows.Memory(300_000))).isEmpty();
    }

    private Optional<AnsweredRows> run(String name, char letter, AnsweredRows.Memory memory) throws IOException {
        Path run = Files.createDirectories(folder.resolve(name));
        StringBuilder lines = new StringBuilder();
        for (int row = 0; row < ROWS; row++) {
            lines.append(line(String.valueOf(letter).repeat(PROMPT) + row, row));
        }
        Files.writeString(run.resolve("predictions.jsonl"), lines);
        return AnsweredRows.read(run, "", memory);
    }

    private static String line(String prompt, int row) {
        return "{\"prompt\":\"%s\",\"reference\":\"r%s\",\"after\":{\"answer\":\"a%s\",\"loss\":0.5,\"tokens\":2}}\n"
                .formatted(prompt, row, row);
    }
}
