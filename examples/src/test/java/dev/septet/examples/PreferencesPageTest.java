package dev.septet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.Reading;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code .github/docs/preferences.md} shows compiles, is read, and is said. */
class PreferencesPageTest {
    private static final Path PAGE = Path.of("../.github/docs/preferences.md");

    @TempDir
    Path folder;

    @Test
    void itsPipelinesCompile() throws IOException {
        assertThat(blocks("groovy")).isNotEmpty();
        for (String text : blocks("groovy")) {
            assertThat(printed(text)).isEmpty();
        }
    }

    @Test
    void itsRowsAreRead() throws IOException {
        List<Reading> rows = read(blocks("json").get(0));
        assertThat(rows).hasSize(3).allMatch(PreferenceRow.class::isInstance);
    }

    @Test
    void itsMessagesAreSaid() throws IOException {
        String wrong = blocks("groovy").get(0).replaceAll("dpo \\{ beta 0.1 }", "supervised()");
        String said = wrong.replace("        metric preferenceAccuracy, above: 0.7\n", "");
        assertThat(printed(said)).contains(message("text", 0, "supervised learns"));
        String row = "{\"prompt\":\"q\",\"chosen\":\"a\",\"rejected\":\"b\"}\n";
        Reading same = read(row.repeat(6) + row.replace("\"b\"", "\"a\"")).get(6);
        assertThat(same).hasToString(message("text", 1, "pairs.jsonl:7"));
    }

    /** A line of a block, from these words on. */
    private static String message(String kind, int block, String words) throws IOException {
        String line = blocks(kind)
                .get(block)
                .lines()
                .filter(text -> text.contains(words))
                .findFirst()
                .orElseThrow();
        return line.substring(line.indexOf(words));
    }

    private static String printed(String text) {
        PipelineSource source = PipelineSource.of("preferences.groovy", text);
        return PipelineCompiler.compile(source, Map.of()).printed();
    }

    private List<Reading> read(String lines) throws IOException {
        Path file = Files.writeString(folder.resolve("pairs.jsonl"), lines);
        List<Reading> rows = new ArrayList<>();
        try (DatasetReader reader = DatasetReader.open(new SourceFile(file, "pairs.jsonl"), DatasetFormat.PREFERENCE)) {
            for (Optional<Reading> next = reader.next(); next.isPresent(); next = reader.next()) {
                rows.add(next.get());
            }
        }
        return rows;
    }

    private static List<String> blocks(String kind) throws IOException {
        return Pattern.compile("(?s)```" + kind + "\n(.*?)```")
                .matcher(Files.readString(PAGE))
                .results()
                .map(result -> result.group(1))
                .toList();
    }
}
