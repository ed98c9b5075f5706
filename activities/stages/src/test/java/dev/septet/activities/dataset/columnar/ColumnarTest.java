package dev.septet.activities.dataset.columnar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.prepare.SourceRun;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that pyarrow wrote: generate.py beside them. */
class ColumnarTest {
    private static final Path GOLDEN = Path.of("src/test/resources/columnar");

    @TempDir
    Path folder;

    private SourceRun prepare(String golden, String lines) throws IOException {
        Files.copy(GOLDEN.resolve(golden), folder.resolve(golden));
        return SourceRun.of(folder, lines.formatted(golden));
    }

    @Test
    void readsAFileOfTheUsualCompression() throws IOException {
        assertThat(prepare("chat-zstd.parquet", "dataset '%s'").card().rows().kept())
                .isEqualTo(40);
    }

    /** All compressions, row groups of 15, a dictionary column with nulls, nested messages. */
    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"none", "snappy", "gzip", "zstd", "brotli", "lz4"})
    void readsChats(String codec) throws IOException {
        SourceRun run = prepare("chat-%s.parquet".formatted(codec), "dataset '%s'");
        assertThat(run.card().rows().kept()).isEqualTo(40);
        assertThat(run.card().source().format()).isEqualTo("chat");
        assertThat(run.rows())
                .filteredOn(row -> row.place().line() == 17)
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.promptText()).isEqualTo("q 16");
                    assertThat(row.reference()).hasValue("a 16 \u00e9\uD83D\uDE00");
                });
    }

    @Tag("long")
    @Test
    void everyTypeHasAJsonForm() throws IOException {
        assertThat(lines(GOLDEN.resolve("types.parquet"))).isEqualTo("""
            {"prompt":"p","completion":"c","i":9007199254740993,"f":0.1,"b":true,"n":null,"d":1.5,\
            "when":"2024-01-02 03:04:05","day":"2024-01-02","map":{"k":1,"a":2},"deep":[[{"x":[1,2]}]]}
            """);
    }

    private static String lines(Path file) throws IOException {
        return lines(Columnar.PARQUET, file, "x.parquet");
    }

    /** The rows of a file as lines of JSON. */
    static String lines(Columnar kind, Path file, String name) throws IOException {
        try (InputStream in = kind.open(file, name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /**
     * A copy with four changed bits.
     *
     * @param edge number of bytes at each end that stay
     */
    static byte[] flipped(byte[] whole, Random random, int edge) {
        byte[] damaged = whole.clone();
        for (int flips = 0; flips < 4; flips++) {
            damaged[edge + random.nextInt(damaged.length - 2 * edge)] ^= (byte) (1 << random.nextInt(8));
        }
        return damaged;
    }

    @Tag("long")
    @Test
    void aNumberThatJsonLacksIsABadRow() throws IOException {
        SourceRun run = prepare("nan.parquet", "dataset '%s'\nmaxBadRows 1");
        assertThat(run.card().rows())
                .extracting(rows -> rows.kept(), rows -> rows.quarantined())
                .containsExactly(1L, 1L);
        assertThat(Files.readString(run.out().resolve("quarantine.jsonl"))).contains("nan.parquet:2");
    }

    @Test
    void refusesBinaryColumnsByName() {
        assertThatThrownBy(() -> prepare("binary.parquet", "dataset '%s'"))
                .isInstanceOf(DatasetProblem.class)
                .hasMessage("binary.parquet: column image has the type BLOB, expected text, numbers, booleans, lists"
                        + " and structs; leave the column out; correct the file, or convert it to .jsonl");
    }

    @Tag("long")
    @Test
    void refusesAFileWithoutRows() {
        assertThatThrownBy(() -> prepare("empty.parquet", "dataset '%s'"))
                .isInstanceOf(DatasetProblem.class)
                .hasMessageContaining("no row is left to train on (of 0 read)");
    }

    @Tag("long")
    @Test
    void refusesAFileThatIsNoParquet() throws IOException {
        refused("{\"text\":\"a\"}\n".getBytes(StandardCharsets.UTF_8));
        refused(new byte[0]);
        refused("PAR1".getBytes(StandardCharsets.UTF_8));
    }

    @Tag("long")
    @Test
    void refusesACutFile() throws IOException {
        byte[] whole = Files.readAllBytes(GOLDEN.resolve("chat-snappy.parquet"));
        refused(Arrays.copyOf(whole, whole.length / 2));
        refused(Arrays.copyOf(whole, whole.length - 1));
        refused(Arrays.copyOfRange(whole, 100, whole.length));
    }

    /** A footer that claims to be longer than the file, and one that is all of it. */
    @Tag("long")
    @Test
    void refusesAFooterOfAWrongLength() throws IOException {
        byte[] whole = Files.readAllBytes(GOLDEN.resolve("chat-zstd.parquet"));
        for (int length : new int[] {Integer.MAX_VALUE, -1, whole.length, 0}) {
            byte[] damaged = whole.clone();
            ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putInt(damaged.length - 8, length);
            refused(damaged);
        }
    }

    /** No damage ends this process or gives a row twice: a file is read whole or refused. */
    @Tag("long")
    @Test
    void survivesFlippedBytes() throws IOException {
        byte[] whole = Files.readAllBytes(GOLDEN.resolve("chat-gzip.parquet"));
        Random random = new Random(7);
        for (int i = 0; i < 6; i++) {
            Path file = Files.write(folder.resolve("damaged.parquet"), flipped(whole, random, 4));
            try {
                assertThat(lines(file).lines().count()).isLessThanOrEqualTo(40);
            } catch (DatasetProblem refused) {
                assertThat(refused.reason().toString())
                        .startsWith("x.parquet: ")
                        .hasSizeLessThan(600);
            }
        }
    }

    private void refused(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("damaged.parquet"), bytes);
        assertThatThrownBy(() -> lines(file))
                .isInstanceOf(DatasetProblem.class)
                .hasMessageStartingWith("x.parquet: ")
                .hasMessageEndingWith("; correct the file, or convert it to .jsonl");
    }

    /** A reader that stops early ends the child process and removes its files. */
    @Tag("long")
    @Test
    void canBeClosedEarly() throws IOException {
        try (InputStream in = Columnar.PARQUET.open(GOLDEN.resolve("chat-none.parquet"), "x.parquet")) {
            assertThat(in.read()).isEqualTo('{');
        }
    }
}
