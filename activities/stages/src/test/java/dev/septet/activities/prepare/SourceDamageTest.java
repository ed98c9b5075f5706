package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.ThreadMXBean;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceContent;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.source.DatasetSource;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damage of files, through the whole preparation: what is bad is in the quarantine, and nothing else is lost. */
class SourceDamageTest {
    private static final String GOOD = "{\"prompt\":\"q %d\",\"completion\":\"a\"}";
    private static final Charset LATIN_1 = StandardCharsets.ISO_8859_1;

    @TempDir
    Path folder;

    /**
     * A damaged file.
     *
     * @param name its name, whose ending tells its layout
     * @param kept number of rows that stay
     * @param bad the bad rows in the quarantine: line and reason
     * @param failure what the failure of the stage contains; null = it does not fail
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Damage(
            String what,
            String name,
            byte[] bytes,
            int kept,
            List<String> bad,
            @Nullable String failure) {
        @Override
        public String toString() {
            return what + " in " + name;
        }
    }

    private static Damage rows(String what, String name, byte[] bytes, int kept, String... bad) {
        return new Damage(what, name, bytes, kept, List.of(bad), null);
    }

    private static Damage fails(String what, String name, byte[] bytes, String failure) {
        return new Damage(what, name, bytes, 0, List.of(), failure);
    }

    private static byte[] lines(String... between) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, GOOD, 1)).append('\n');
        for (String line : between) {
            text.append(line).append('\n');
        }
        return text.append(String.format(Locale.ROOT, GOOD, 2))
                .append('\n')
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] list(String element) {
        return ("[" + String.format(Locale.ROOT, GOOD, 1) + ",\n" + element + ",\n"
                        + String.format(Locale.ROOT, GOOD, 2) + "]")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] csv(String line, Charset charset) {
        return ("prompt,completion\nq 1,a\n" + line + "\nq 2,a\n").getBytes(charset);
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    private static byte[] cut(byte[] bytes, int less) {
        return Arrays.copyOf(bytes, bytes.length - less);
    }

    private static byte[] withBytes(String before, int... raw) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(before.getBytes(StandardCharsets.UTF_8));
        for (int one : raw) {
            out.write(one);
        }
        return out.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static Stream<Damage> damages() {
        String deep = "{\"prompt\":" + "[".repeat(5000) + "]".repeat(5000) + ",\"completion\":\"a\"}";
        byte[] latin = joined(
                lines(),
                withBytes("{\"prompt\":\"", 0xE9, '"', ',', '"', 'c'),
                "ompletion\":\"a\"}\n".getBytes(StandardCharsets.UTF_8));
        return Stream.of(
                rows(
                        "a wrong type",
                        "a.jsonl",
                        lines("{\"prompt\":7,\"completion\":\"a\"}"),
                        2,
                        ":2: \"prompt\" is a number, expected text"),
                rows(
                        "a missing field",
                        "a.jsonl",
                        lines("{\"prompt\":\"q\"}"),
                        2,
                        ":2: \"completion\" is missing, expected text"),
                rows("no object", "a.jsonl", lines("[1]", "\"text\""), 2, ":2: is a list", ":3: is "),
                rows(
                        "a field twice",
                        "a.jsonl",
                        lines("{\"prompt\":\"q\",\"prompt\":\"r\"}"),
                        2,
                        ":2: is not valid JSON (column 23): a field is given twice"),
                rows(
                        "a lone surrogate",
                        "a.jsonl",
                        lines("{\"prompt\":\"\\ud800\",\"completion\":\"a\"}"),
                        2,
                        ":2: \"prompt\" holds half a surrogate pair at character 0"),
                rows("nested depth", "a.jsonl", lines(deep), 2, ":2: is not valid JSON"),
                rows("another encoding", "a.jsonl", latin, 2, ":3: is not valid UTF-8"),
                rows("a cut line", "a.jsonl", cut(lines(), 9), 1, ":2: is not valid JSON"),
                fails("another schema", "a.jsonl", lines(many("{\"text\":\"t\"}")), "a.jsonl:2"),
                fails(
                        "UTF-16",
                        "a.jsonl",
                        new String(lines(), StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_16),
                        "a.jsonl:1: is not valid UTF-8"),
                fails("no rows", "a.jsonl", new byte[0], "no row"),
                rows(
                        "a wrong type",
                        "a.json",
                        list("{\"prompt\":[],\"completion\":\"a\"}"),
                        2,
                        ":2: \"prompt\" and \"completion\" must be two texts"),
                rows(
                        "a lone surrogate",
                        "a.json",
                        list("{\"prompt\":\"\\udc00\",\"completion\":\"a\"}"),
                        2,
                        ":2: \"prompt\" holds half a surrogate pair at character 0"),
                rows("nested depth", "a.json", list(deep), 2, ":2: is not valid JSON"),
                rows(
                        "a cut list",
                        "a.json",
                        cut(list("{\"prompt\":\"q\",\"completion\":\"a\"}"), 9),
                        2,
                        ":3: a quotation or bracket"),
                fails(
                        "a missing comma",
                        "a.json",
                        String.format(Locale.ROOT, (GOOD + GOOD), 1, 2)
                                .replace("}{", "}] {")
                                .getBytes(StandardCharsets.UTF_8),
                        "a.json:1"),
                rows(
                        "too many cells",
                        "a.csv",
                        csv("q,a,more", StandardCharsets.UTF_8),
                        2,
                        ":3: has 3 fields, but the header names 2"),
                rows(
                        "too few cells",
                        "a.csv",
                        csv("q", StandardCharsets.UTF_8),
                        2,
                        ":3: has 1 fields, but the header names 2"),
                rows("another encoding", "a.csv", csv("\u00e9,a", LATIN_1), 2, ":3: is not valid UTF-8"),
                rows(
                        "a quote that is not closed",
                        "a.csv",
                        cut(csv("\"q,a", StandardCharsets.UTF_8), 1),
                        1,
                        ":3: a quotation or bracket"),
                fails("columns of no format", "a.csv", "x,y\n1,2\n".getBytes(StandardCharsets.UTF_8), "a.csv"),
                rows("a bad row", "a.jsonl.gz", gzip(lines("{")), 2, ":2: is not valid JSON"),
                fails("a cut file", "a.jsonl.gz", cut(gzip(lines()), 5), "a.jsonl.gz: "),
                fails("another kind of file", "a.jsonl.gz", lines(), "a.jsonl.gz: "));
    }

    private static String[] many(String line) {
        String[] all = new String[20];
        Arrays.fill(all, line);
        return all;
    }

    @ParameterizedTest
    @MethodSource("damages")
    void isInTheQuarantineOrFailsTheStage(Damage damage) throws IOException {
        Files.write(folder.resolve(damage.name()), damage.bytes());
        String lines = String.format(
                Locale.ROOT,
                "dataset '%s'\nmaxBadRows %d",
                damage.name(),
                damage.bad().size());
        if (damage.failure() != null) {
            assertThatThrownBy(() -> SourceRun.of(folder, lines))
                    .isInstanceOfAny(DatasetProblem.class, StageProblem.class)
                    .hasMessageContaining(damage.failure());
            return;
        }
        SourceRun run = SourceRun.of(folder, lines);
        DatasetCard.Rows rows = run.card().rows();
        assertThat(rows.kept()).isEqualTo(damage.kept());
        assertThat(rows.read()).isEqualTo(damage.kept() + damage.bad().size());
        List<String> quarantine = Files.readAllLines(run.out().resolve("quarantine.jsonl"));
        assertThat(quarantine).hasSameSizeAs(damage.bad());
        for (int i = 0; i < quarantine.size(); i++) {
            JsonNode line = SpecJson.mapper().readTree(quarantine.get(i));
            assertThat(line.get("source").asText() + ": " + line.get("reason").asText())
                    .startsWith(damage.name())
                    .contains(damage.bad().get(i));
        }
    }

    static Stream<Damage> badRows() {
        return damages().filter(damage -> damage.failure() == null);
    }

    /** One bad row more than allowed fails the stage, and the message names the place of the first. */
    @ParameterizedTest
    @MethodSource("badRows")
    void namesTheFirstBadRowWithoutItsContent(Damage damage) throws IOException {
        Files.write(folder.resolve(damage.name()), damage.bytes());
        assertThatThrownBy(() -> SourceRun.of(folder, "dataset '%s'".formatted(damage.name())))
                .isInstanceOfAny(DatasetProblem.class, StageProblem.class)
                .hasMessageContaining(damage.name() + ":" + damage.bad().get(0).replaceAll("^:|: .*", ""));
    }

    /** 1 GB without a line end, between two rows. */
    @Tag("long")
    @Test
    void aLineOfOneGigabyteIsNeverInMemory() throws IOException {
        byte[] before = (String.format(Locale.ROOT, GOOD, 1) + "\n{\"prompt\":\"").getBytes(StandardCharsets.UTF_8);
        byte[] after = ("\"}\n" + String.format(Locale.ROOT, GOOD, 2) + "\n").getBytes(StandardCharsets.UTF_8);
        SourceContent generated = new SourceContent() {
            @Override
            public InputStream open(Path path, String name) {
                return new SequenceInputStream(
                        new SequenceInputStream(new ByteArrayInputStream(before), endless(1L << 30)),
                        new ByteArrayInputStream(after));
            }
        };
        Path small = Files.writeString(folder.resolve("a.jsonl"), "");
        PrepareSpec spec = SourceRun.spec("dataset 'a.jsonl', format: completion\nmaxBadRows 1");
        SourceSet set = SourceSet.of(
                spec,
                List.of(new DatasetSource(
                        spec.inputs().get(0), List.of(new SourceFile(small, "a.jsonl", generated)), null)));
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = thread.getCurrentThreadAllocatedBytes();
        SourceRun run = SourceRun.of(folder, spec, set);
        assertThat(thread.getCurrentThreadAllocatedBytes() - allocated).isLessThan(200L << 20);
        assertThat(run.card().rows().kept()).isEqualTo(2);
        assertThat(Files.readString(run.out().resolve("quarantine.jsonl")))
                .contains("\"a.jsonl:2\"")
                .contains("is 1,073,741,837 bytes long, expected at most 10,000,000");
    }

    private static InputStream endless(long bytes) {
        return new InputStream() {
            private long left = bytes;

            @Override
            public int read() {
                return left-- > 0 ? 'x' : -1;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                if (left <= 0) {
                    return -1;
                }
                int some = (int) Math.min(length, left);
                Arrays.fill(buffer, offset, offset + some, (byte) 'x');
                left -= some;
                return some;
            }
        };
    }
}
