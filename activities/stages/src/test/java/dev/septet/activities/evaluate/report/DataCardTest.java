package dev.septet.activities.evaluate.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
                        new SummaryLine("rows read", "4,000"),
                        new SummaryLine("rows kept", "3,990"),
                        new SummaryLine("test rows", "399"),
                        new SummaryLine("test loss tokens", "5,120"),
                        new SummaryLine("source a.jsonl", "licence cc-by-4.0, rows read 7, train 5"),
                        new SummaryLine("source file", "tickets.jsonl"),
                        new SummaryLine("source bytes", "123,456"),
                        new SummaryLine("languages", "en, de"),
                        new SummaryLine("longest row", "96"));
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

    /** Names of classes and groups are values of the rows: they are not published, and they hide no other line. */
    @Test
    void tellsOnlyTheNumberOfClassesAndGroups() throws IOException {
        StringBuilder classes = new StringBuilder("\"Ann\":{\"rows\":1,\"written\":1}");
        for (int i = 0; i < 100; i++) {
            classes.append(String.format(Locale.ROOT, ",\"c%d\":{\"rows\":1,\"written\":1}", i));
        }
        Path file = Files.writeString(folder.resolve("card.json"), """
            {"balance":{"on":"author","by":"WEIGHTS","classes":{%s}},
             "cleaning":{"quality":{"minLength":{"removed":3,"examples":["a.jsonl:1"]}},
                         "nearDuplicates":{"clusters":1,"rows":2},
                         "representation":{"on":"author","groups":{"Ann":1,"Bob":2},
                                           "labels":{"Ann":{"yes":1}},"skew":0.5}},
             "rows":{"read":4000},"splits":{"train":{"rows":5}},"sources":[{"name":"a.jsonl","files":1}]}
            """.formatted(classes));
        assertThat(DataCard.read(file).data())
                .containsExactly(
                        new SummaryLine("rows read", "4,000"),
                        new SummaryLine("train rows", "5"),
                        new SummaryLine("source a.jsonl", "files 1"),
                        new SummaryLine("balance on", "author"),
                        new SummaryLine("balance by", "WEIGHTS"),
                        new SummaryLine("balance classes", "101"),
                        new SummaryLine("cleaning near duplicates clusters", "1"),
                        new SummaryLine("cleaning near duplicates rows", "2"),
                        new SummaryLine("cleaning representation on", "author"),
                        new SummaryLine("cleaning representation groups", "2"),
                        new SummaryLine("cleaning representation skew", "0.5"));
    }

    /** Many lines of sources and of labelling functions hide neither leakage nor the fold, and are counted. */
    @Test
    void tellsLeakageAndTheFoldBeforeLongLists() throws IOException {
        String sources = IntStream.range(0, 50)
                .mapToObj(i -> String.format(Locale.ROOT, "{\"name\":\"s%d\",\"files\":1}", i))
                .collect(Collectors.joining(","));
        String functions = IntStream.range(0, 100)
                .mapToObj(i -> String.format(Locale.ROOT, "{\"name\":\"f%d\",\"coverage\":0.5}", i))
                .collect(Collectors.joining(","));
        Path file = Files.writeString(folder.resolve("card.json"), """
            {"rows":{"read":4000},"splits":{"train":{"rows":5}},"sources":[%s],
             "cleaning":{"labels":{"on":"topic","functions":[%s]}},
             "leakage":{"trainTest":3},"fold":2}
            """.formatted(sources, functions));
        assertThat(DataCard.read(file).data())
                .hasSize(2 * 41)
                .startsWith(
                        new SummaryLine("rows read", "4,000"),
                        new SummaryLine("train rows", "5"),
                        new SummaryLine("fold", "2"),
                        new SummaryLine("leakage train test", "3"),
                        new SummaryLine("source s0", "files 1"))
                .contains(
                        new SummaryLine("more lines in card.json", "14"),
                        new SummaryLine("cleaning labels on", "topic"),
                        new SummaryLine("more lines in card.json", "61"));
    }
}
