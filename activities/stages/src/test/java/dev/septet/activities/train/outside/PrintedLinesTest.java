package dev.septet.activities.train.outside;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrintedLinesTest {
    @TempDir
    Path temp;

    @Test
    void masksRowsAlsoWhenTheyAreLong() throws IOException {
        String row = "the customer wrote that the parcel never came ".repeat(40);
        assertThat(printed("ValueError: cannot tokenize \"" + row + "\"\n"))
                .isEqualTo("ValueError: cannot tokenize [text]");
        assertThat(printed("ValueError: cannot tokenize '" + row + "\n")).doesNotContain("parcel");
        assertThat(printed("KeyError: {\"messages\": \"" + row)).doesNotContain("parcel");
        assertThat(printed("\"" + "x".repeat(20_000) + " parcel\nValueError: bad row\n"))
                .isEqualTo("ValueError: bad row");
    }

    @Test
    void masksSecretsAndPersonalData() throws IOException {
        assertThat(printed("HTTPError: 401 for token=hf_abcdefghijklmnop of anna@example.org\n"))
                .isEqualTo("HTTPError: 401 for [SECRET] of [EMAIL]");
    }

    private String printed(String text) throws IOException {
        Files.writeString(temp.resolve("output.log"), text);
        return new PrintedLines(new TrainerFolder(temp)).text();
    }
}
