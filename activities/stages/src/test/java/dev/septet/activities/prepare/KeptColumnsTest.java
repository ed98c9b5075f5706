package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns that stay beside the rows. */
class KeptColumnsTest {
    @TempDir
    Path folder;

    private static String row(int number, String columns) {
        return String.format(Locale.ROOT, "{\"prompt\":\"q %d\",\"completion\":\"a\"%s}", number, columns);
    }

    @Test
    void staysInTheMetaOfEveryPreparedRow() throws IOException {
        Files.write(
                folder.resolve("a.jsonl"),
                List.of(row(1, ",\"topic\":\"x\",\"id\":7"), row(2, ",\"topic\":null"), row(3, ",\"age\":1.5")));
        SourceRun run = SourceRun.of(folder, "dataset 'a.jsonl'\nkeep 'topic', 'age'");
        String lines = Files.readString(run.out().resolve("train.jsonl"))
                + Files.readString(run.out().resolve("validation.jsonl"))
                + Files.readString(run.out().resolve("test.jsonl"));
        assertThat(lines.lines())
                .containsExactlyInAnyOrder(
                        "{\"prompt\":\"q"
                                + " 1\",\"completion\":\"a\",\"meta\":{\"topic\":\"x\",\"age\":null},\"source\":\"a.jsonl:1\"}",
                        "{\"prompt\":\"q"
                                + " 2\",\"completion\":\"a\",\"meta\":{\"topic\":null,\"age\":null},\"source\":\"a.jsonl:2\"}",
                        "{\"prompt\":\"q"
                                + " 3\",\"completion\":\"a\",\"meta\":{\"topic\":null,\"age\":1.5},\"source\":\"a.jsonl:3\"}");
        assertThat(run.rows()).hasSize(3);
    }

    /** A pipeline that reads the prepared rows of another finds the columns again. */
    @Test
    void isReadAgainFromPreparedRows() throws IOException {
        Files.writeString(
                folder.resolve("a.jsonl"),
                "{\"prompt\":\"q\",\"completion\":\"a\",\"meta\":{\"topic\":\"x\"},\"source\":\"b.jsonl:1\"}\n");
        SourceRun run =
                SourceRun.of(folder, "dataset 'a.jsonl'\nkeep 'topic'\nsplit train: 1.percent, test: 99.percent");
        assertThat(SpecJson.mapper()
                        .readTree(Files.readString(run.out().resolve("test.jsonl")))
                        .path("meta")
                        .path("topic")
                        .asText())
                .isEqualTo("x");
    }

    @Test
    void isRedactedLikeTheRow() throws IOException {
        Files.writeString(folder.resolve("a.jsonl"), row(1, ",\"author\":\"ann@example.com\"") + "\n");
        SourceRun run = SourceRun.of(folder, "dataset 'a.jsonl'\nkeep 'author'\nredact email");
        assertThat(Files.readString(run.out().resolve("train.jsonl"))
                        + Files.readString(run.out().resolve("test.jsonl"))
                        + Files.readString(run.out().resolve("validation.jsonl")))
                .contains("\"author\":\"[EMAIL]\"")
                .doesNotContain("ann@");
        assertThat(Files.readString(run.out().resolve("redactions.jsonl"))).contains("\"meta.author\"");
    }

    @Test
    void aColumnOfAnotherKindMakesABadRow() throws IOException {
        Files.write(
                folder.resolve("a.jsonl"),
                List.of(
                        row(1, ",\"topic\":[1]"),
                        row(2, ",\"topic\":{\"a\":1}"),
                        row(3, ",\"topic\":\"" + "x".repeat(1001) + "\""),
                        row(4, ",\"topic\":true")));
        SourceRun run = SourceRun.of(folder, "dataset 'a.jsonl'\nkeep 'topic'\nmaxBadRows 3");
        assertThat(run.card().rows().quarantined()).isEqualTo(3);
        assertThat(Files.readString(run.out().resolve("quarantine.jsonl")))
                .contains("topic: is a list or an object, but `keep` takes texts, numbers and booleans")
                .contains("topic: has 1,001 characters, but `keep` takes at most 1,000");
    }

    /** Only a dataset with made rows has its own column `synthetic`. */
    @Test
    void aPipelineReadsRowsWithAnOwnColumnSynthetic() throws IOException {
        Files.write(
                folder.resolve("a.jsonl"),
                IntStream.range(0, 40)
                        .mapToObj(i -> row(i, ",\"synthetic\":\"no\""))
                        .toList());
        SourceRun run = SourceRun.of(folder, "dataset 'a.jsonl'\nkeep 'synthetic'");
        Path all = folder.resolve("all.jsonl");
        SplitFiles.join(run.out(), all);
        assertThat(Files.readAllLines(all)).hasSize(40);
    }
}
