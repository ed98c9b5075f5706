package dev.septet.activities.dataset.columnar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.prepare.SourceRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that pyarrow wrote: generate_arrow.py beside them. */
class ArrowTest {
    private static final Path GOLDEN = Path.of("src/test/resources/columnar");

    @TempDir
    Path folder;

    private SourceRun prepare(String golden, String lines) throws IOException {
        Files.copy(GOLDEN.resolve(golden), folder.resolve(golden));
        return SourceRun.of(folder, lines.formatted(golden));
    }

    private static String lines(Path file) throws IOException {
        return ColumnarTest.lines(Columnar.ARROW, file, "x.arrow");
    }

    @Test
    void readsAFileAsFeatherWritesIt() throws IOException {
        chats("chat-lz4.feather", "Feather");
    }

    /** Both codecs, none, the file format, and the stream of the cache of `datasets`; batches of 15 rows. */
    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"chat-zstd.feather", "chat-uncompressed.feather", "chat-file.arrow", "chat-stream.arrow"})
    void readsChats(String name) throws IOException {
        chats(name, name.endsWith("arrow") ? "Arrow" : "Feather");
    }

    private void chats(String name, String layout) throws IOException {
        SourceRun run = prepare(name, "dataset '%s'\nkeep 'topic'");
        assertThat(run.card().rows().kept()).isEqualTo(40);
        assertThat(Columnar.of(name).orElseThrow().title()).isEqualTo(layout);
        assertThat(run.rows())
                .filteredOn(row -> row.place().line() == 16)
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.promptText()).isEqualTo("q 15");
                    assertThat(row.reference()).hasValue("a 15 \u00e9\uD83D\uDE00");
                });
        assertThat(Files.readString(run.out().resolve("train.jsonl"))).contains("\"meta\":{\"topic\":\"t1\"}");
    }

    @Tag("long")
    @Test
    void everyTypeHasTheJsonFormOfParquet() throws IOException {
        assertThat(lines(GOLDEN.resolve("types.arrow"))).isEqualTo("""
            {"prompt":"p","completion":"c","i":9007199254740993,"u":18446744073709551615,"u1":200,"f":0.1,"f4":0.5,\
            "b":true,"n":null,"d":1.50,"when":"2024-01-02 03:04:05","zone":"2024-01-02 03:04:05+00",\
            "day":"2024-01-02","time":"03:04:05.6","map":{"k":1,"a":2},"deep":[[{"x":[1,2]}]],"fixed":[1,2],\
            "words":["a","b","a"],"empty":null}
            """);
    }

    @Test
    void typesThatFewFilesHaveAreRightToo() throws IOException {
        assertThat(lines(GOLDEN.resolve("rare-types.arrow"))).isEqualTo("""
            {"half":1.5,"halves":[0.25],"d256":12345678901234567890123456789012345678901234567890.25,\
            "large":["a"],"view":[1],"u4":4294967295,"u1word":"w200","u2word":"w299","lists":["y","z"],\
            "keys":{"4294967295":"a"},"days":{"2024-01-02":1},"nano":"1970-01-01 00:00:00.000000001",\
            "date64":"2024-01-02","clock":"00:00:00.001"}
            {"half":-0.099975586,"halves":[],"d256":12345678901234567890123456789012345678901234567890.25,\
            "large":[],"view":[],"u4":0,"u1word":"w255","u2word":"w0","lists":["x"],"keys":{},"days":{},\
            "nano":"1970-01-01 00:00:00","date64":"2024-01-02","clock":"00:00:00.002"}
            {"half":65504.0,"halves":null,"d256":12345678901234567890123456789012345678901234567890.25,\
            "large":null,"view":null,"u4":1,"u1word":"w0","u2word":"w1","lists":null,"keys":null,\
            "days":null,"nano":"1969-12-31 23:59:59.999999999","date64":"2024-01-02",\
            "clock":"00:00:00.003"}
            {"half":null,"halves":[2.0],"d256":12345678901234567890123456789012345678901234567890.25,\
            "large":["b","c"],"view":[2,3],"u4":2,"u1word":null,"u2word":null,"lists":["y","z"],\
            "keys":{"1":"b"},"days":{},"nano":null,"date64":"2024-01-02","clock":"00:00:00.004"}
            """);
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({
        "duration,has the type Duration",
        "interval,has the type Interval",
        "runs,has the type RunEndEncoded",
        "large-view,has the type LargeListView",
        "union,has the type Union",
        "binary-view,has the type BinaryView",
        "binary-words,has the type Binary",
        "half-keys,is a map whose keys have the type FloatingPoint",
        "decimal32,has a type that is not known"
    })
    void refusesOtherTypesByName(String name, String why) {
        assertThatThrownBy(() -> lines(GOLDEN.resolve("refused-%s.arrow".formatted(name))))
                .isInstanceOf(DatasetProblem.class)
                .hasMessageContaining("x.arrow: column odd " + why);
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"nan.feather", "utf8.feather"})
    void aValueThatJsonLacksIsABadRow(String name) throws IOException {
        SourceRun run = prepare(name, "dataset '%s'\nmaxBadRows 1");
        assertThat(run.card().rows())
                .extracting(rows -> rows.kept(), rows -> rows.quarantined())
                .containsExactly(1L, 1L);
        assertThat(Files.readString(run.out().resolve("quarantine.jsonl"))).contains(name + ":2");
    }

    @Tag("long")
    @Test
    void refusesBinaryColumnsByName() {
        assertThatThrownBy(() -> prepare("binary.feather", "dataset '%s'"))
                .isInstanceOf(DatasetProblem.class)
                .hasMessage("binary.feather: column image has the type Binary, expected text, numbers, booleans, lists"
                        + " and structs; leave the column out; correct the file, or convert it to .jsonl");
    }

    @Tag("long")
    @Test
    void refusesOtherAndCutFiles() throws IOException {
        refused("{\"text\":\"a\"}\n".getBytes(StandardCharsets.UTF_8), "is not an Arrow IPC file or stream");
        refused(new byte[0], "is not an Arrow IPC file or stream");
        refused("FEA1....FEA1".getBytes(StandardCharsets.US_ASCII), "is a Feather file of version 1");
        byte[] file = Files.readAllBytes(GOLDEN.resolve("chat-lz4.feather"));
        refused(Arrays.copyOf(file, file.length - 1), "is cut: an Arrow file ends with");
        refused(Arrays.copyOf(file, file.length / 2), "is cut: an Arrow file ends with");
        byte[] stream = Files.readAllBytes(GOLDEN.resolve("chat-stream.arrow"));
        refused(Arrays.copyOf(stream, stream.length - 8), "is cut: an Arrow stream ends with an end mark");
    }

    @Tag("long")
    @Test
    void refusesABomb() throws IOException {
        refused(Files.readAllBytes(GOLDEN.resolve("bomb.feather")), "");
    }

    /** No damage ends this process or gives a row twice: a file is read whole or refused. */
    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"chat-zstd.feather", "chat-uncompressed.feather", "chat-stream.arrow"})
    void survivesFlippedBytes(String name) throws IOException {
        byte[] whole = Files.readAllBytes(GOLDEN.resolve(name));
        Random random = new Random(7);
        for (int i = 0; i < 5; i++) {
            Path file = Files.write(folder.resolve("damaged.arrow"), ColumnarTest.flipped(whole, random, 8));
            try {
                assertThat(lines(file).lines().count()).isLessThanOrEqualTo(40);
            } catch (DatasetProblem refused) {
                assertThat(refused.reason().toString()).startsWith("x.arrow: ").hasSizeLessThan(600);
            }
        }
    }

    private void refused(byte[] bytes, String why) throws IOException {
        Path file = Files.write(folder.resolve("damaged.arrow"), bytes);
        assertThatThrownBy(() -> lines(file))
                .isInstanceOf(DatasetProblem.class)
                .hasMessageStartingWith("x.arrow: " + why)
                .hasMessageEndingWith("; correct the file, or convert it to .jsonl");
    }
}
