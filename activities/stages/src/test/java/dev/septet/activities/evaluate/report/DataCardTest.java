package dev.septet.activities.evaluate.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCardTest {
    @TempDir
    Path folder;

    @Test
    void tellsThePreparedDatasetsCardInLines() throws IOException {
        Path file = Files.writeString(folder.resolve("card.json"), """
            {"source":{"file":"tickets.jsonl","bytes":123456},
             "rows":{"read":4000,"kept":3990},
             "splits":{"test":{"rows":399,"lossTokens":5120}},
             "redactions":{"email":12,"phone":3},
             "languages":["en","de"],"longestRow":96,"nothing":null,
             "sources":[{"name":"a.jsonl","licence":"cc-by-4.0","rows":{"read":7},"splits":{"train":5}}]}
            """);
        DataCard card = DataCard.read(file);
        assertThat(card.data())
                .containsExactly(
                        new SummaryLine("source file", "tickets.jsonl"),
                        new SummaryLine("source bytes", "123,456"),
                        new SummaryLine("rows read", "4,000"),
                        new SummaryLine("rows kept", "3,990"),
                        new SummaryLine("test rows", "399"),
                        new SummaryLine("test loss tokens", "5,120"),
                        new SummaryLine("languages", "en, de"),
                        new SummaryLine("longest row", "96"),
                        new SummaryLine("source a.jsonl", "licence cc-by-4.0, rows read 7, train 5"));
        assertThat(card.privacy()).containsExactly(new SummaryLine("email", "12"), new SummaryLine("phone", "3"));
        assertThat(card.languages()).containsExactly("en", "de");
    }

    @Test
    void tellsNothingWhereThereIsNoReadableCard() throws IOException {
        assertThat(DataCard.read(folder.resolve("none")).data()).isEmpty();
        assertThat(DataCard.read(Files.writeString(folder.resolve("bad"), "{\"a\":"))
                        .privacy())
                .isEmpty();
    }
}
