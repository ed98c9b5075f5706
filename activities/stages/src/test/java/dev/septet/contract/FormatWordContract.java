package dev.septet.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.FormatExtension;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.RowSample;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.dataset.record.RecordEdit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every dataset format of a jar keeps. */
public abstract class FormatWordContract extends WordContract<FormatExtension> {
    private static final String CHARACTERS = "ab 0,;\t\"'\\{}[]:\u00e9\u4e16\u0007";

    @TempDir
    private Path folder;

    /** Lines of a file, without ends: a header where the format has one, then good rows only. */
    protected abstract List<String> lines();

    /** How many rows these are. */
    protected abstract int rows();

    @Test
    void readsItsRows() throws IOException {
        assertThat(read(lines())).hasSize(rows()).allMatch(Row.class::isInstance);
    }

    @Test
    void readsTheSameTwiceAndWithOtherLineEnds() throws IOException {
        List<String> windows = lines().stream().map(line -> line + "\r").toList();
        assertThat(read(windows).toString()).isEqualTo(read(lines()).toString());
    }

    /** A line that is no row is a problem with a reason; it ends nothing. */
    @Test
    void survivesAnyLine() {
        FormatExtension.Lines reader = extension().open(used());
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            StringBuilder line = new StringBuilder("x");
            for (int length = random.nextInt(40); length > 0; length--) {
                line.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
            }
            try {
                reader.record(line.toString())
                        .ifPresent(record -> assertThat(record).isNotEmpty());
            } catch (RowProblem expected) {
                assertThat(expected.reason().toString()).isNotBlank();
            }
        }
    }

    private List<Object> read(List<String> lines) throws IOException {
        String name = "rows" + extension().word().endings().get(0);
        Path file = Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
        List<Object> rows = new ArrayList<>();
        try (DatasetReader reader =
                DatasetReader.open(new SourceFile(file, name), spec().prepare(), RecordEdit.NONE, RowSample.WHOLE)) {
            for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                rows.add(next.get());
            }
        }
        return rows;
    }
}
