package dev.septet.activities.dataset.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The text of documents of each kind, and what is refused. */
@Tag("long")
class DocumentKindTest {
    @TempDir
    Path folder;

    private DocumentText read(String name, byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve(name), bytes);
        return DocumentKind.of(name).orElseThrow().text(file);
    }

    private DocumentText read(String name, String text) throws IOException {
        return read(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(String text, Charset charset) {
        return text.getBytes(charset);
    }

    @Test
    void readsUtf8AndUtf16() throws IOException {
        String text = "Gr\u00fc\u00dfe \ud83d\ude00\r\nzwei\r\n";
        String expected = "Gr\u00fc\u00dfe \ud83d\ude00\nzwei\n";
        assertThat(read("a.txt", text).text()).isEqualTo(expected);
        assertThat(read("a.txt", "\ufeff" + text).text()).isEqualTo(expected);
        assertThat(read("a.TXT", bytes("\ufeff" + text, StandardCharsets.UTF_16LE))
                        .text())
                .isEqualTo(expected);
        assertThat(read("a.txt", bytes("\ufeff" + text, StandardCharsets.UTF_16BE))
                        .text())
                .isEqualTo(expected);
    }

    @Test
    void leavesOutFrontMatterAndKeepsCode() throws IOException {
        DocumentText text = read("a.md", "---\ntitle: x\n---\n# One\n\n```sh\nrun ---\n```\n");
        assertThat(text.text()).isEqualTo("# One\n\n```sh\nrun ---\n```\n");
        assertThat(text.place(0)).isEqualTo(4);
        assertThat(read("b.md", "---\nno end\n").text()).isEqualTo("---\nno end\n");
        assertThat(read("c.md", "# One\n---\ntwo\n---\n").text()).isEqualTo("# One\n---\ntwo\n---\n");
    }

    private static final String PAGE = """
        <!DOCTYPE html>
        <html><head><title>Not here</title><style>p { color: red }</style></head>
        <body><nav><a href="x">Menu</a></nav>
        <h1>The  kettle</h1>
        <p>It boils &amp; <b>whistles</b>, 5&nbsp;cm
        high.<br>Twice.</p>
        <script>alert("no")</script>
        <ul><li>one<li>two</ul>
        <table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>
        <pre>  x = 1
          y = 2</pre>
        <div hidden>no</div><p aria-hidden="true">no</p><template>no</template>
        <img src="http://127.0.0.1:1/x.png"> end
        """;

    @Test
    void readsTheVisibleTextOfHtml() throws IOException {
        DocumentText text = read("a.html", PAGE);
        assertThat(text.text())
                .isEqualTo("The kettle\n\nIt boils & whistles, 5\u00a0cm high.\nTwice.\n\none\n\ntwo\n\na b\nc\n\n"
                        + "  x = 1\n  y = 2\n\nend");
        assertThat(text.place(text.text().indexOf("kettle"))).isEqualTo(4);
        assertThat(text.place(text.text().indexOf("high"))).isEqualTo(6);
        assertThat(text.place(text.text().indexOf("y = 2"))).isEqualTo(11);
    }

    /** A child process reads it. */
    @Test
    void readsALargePageInAChildProcess() throws IOException {
        DocumentText text = read("a.htm", PAGE + "<p>more\f words</p>\n".repeat(8_000));
        assertThat(text.text()).startsWith("The kettle\n\nIt boils & whistles").endsWith("more words");
        assertThat(text.place(text.text().indexOf("high"))).isEqualTo(6);
        assertThat(text.place(text.length() - 1)).isEqualTo(8_013);
    }

    @Test
    void readsPdfPageByPage() throws IOException {
        DocumentText text = read("a.pdf", TinyPdf.of("First page.\nIt has two lines.", "", "Last page."));
        assertThat(text.text()).containsSubsequence("First page.\nIt has two lines.", "Last page.");
        assertThat(text.place(text.text().indexOf("two"))).isEqualTo(1);
        assertThat(text.place(text.text().indexOf("Last"))).isEqualTo(3);
    }

    static Stream<Arguments> damage() throws IOException {
        byte[] pdf = TinyPdf.of("One page.");
        byte[] image = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13};
        byte[] random = new byte[5_000];
        new Random(1).nextBytes(random);
        byte[] latin = bytes("first\nGr\u00fc\u00dfe\n", StandardCharsets.ISO_8859_1);
        byte[] cut = Arrays.copyOf(bytes("a\u20ac", StandardCharsets.UTF_8), 3);
        return Stream.of(
                arguments("empty.txt", new byte[0], "is empty"),
                arguments("blank.txt", bytes(" \n\t\n", StandardCharsets.UTF_8), "has no text"),
                arguments("latin.txt", latin, "byte 8 of the file is not UTF-8"),
                arguments("cut.txt", cut, "byte 1 of the file is not UTF-8"),
                arguments("image.txt", image, "byte 0 of the file is not UTF-8"),
                arguments("zero.txt", bytes("ab\n\0", StandardCharsets.UTF_8), "byte 3 of the file is 0"),
                arguments("half.txt", new byte[] {-1, -2, 'a', 0, 'b'}, "byte 4 of the file is not UTF-16"),
                arguments("wide.txt", bytes("\ufeffab", Charset.forName("UTF-32LE")), "UTF-32"),
                arguments("empty.md", new byte[0], "is empty"),
                arguments("matter.md", bytes("---\na: 1\n---\n", StandardCharsets.UTF_8), "has no text"),
                arguments("latin.md", latin, "byte 8 of the file is not UTF-8"),
                arguments("cut.md", cut, "byte 1 of the file is not UTF-8"),
                arguments("binary.md", random, "is not UTF-8"),
                arguments("empty.html", new byte[0], "is empty"),
                arguments("script.html", bytes("<script>x</script>", StandardCharsets.UTF_8), "has no text"),
                arguments("latin.html", latin, "byte 8 of the file is not UTF-8"),
                arguments("image.html", image, "byte 0 of the file is not UTF-8"),
                arguments(
                        "deep.html",
                        bytes("<p>x</p>" + "<div>".repeat(20_000) + "y", StandardCharsets.UTF_8),
                        "has more than 2,000 elements inside of each other"),
                arguments(
                        "deepest.html",
                        bytes("<div>".repeat(100_000) + "y", StandardCharsets.UTF_8),
                        "has more than 2,000 elements inside of each other"),
                arguments("empty.pdf", new byte[0], "is empty"),
                arguments(
                        "text.pdf", bytes("Just text.", StandardCharsets.UTF_8), "is not a PDF file that can be read"),
                arguments("cut.pdf", Arrays.copyOf(pdf, 60), "is not a PDF file that can be read"),
                arguments("scan.pdf", TinyPdf.of("", ""), "has no text: its pages are images"),
                arguments("locked.pdf", TinyPdf.encrypted("secret", "One page."), "is encrypted"),
                arguments("open.pdf", TinyPdf.encrypted("", "One page."), "is encrypted"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damage")
    void refusesDamage(String name, byte[] bytes, String reason) {
        assertThatThrownBy(() -> read(name, bytes))
                .isInstanceOf(UnreadableDocument.class)
                .hasMessageContaining(reason);
    }

    @Test
    void namesTheLineOfAWrongByte() {
        assertThatThrownBy(() -> read("a.txt", bytes("one\ntwo\nGr\u00fc\n", StandardCharsets.ISO_8859_1)))
                .isInstanceOfSatisfying(
                        UnreadableDocument.class, e -> assertThat(e.line()).isEqualTo(3));
    }

    /** Its content stream expands a thousandfold. */
    @Test
    void refusesPdfThatExpandsTooFar() throws IOException {
        byte[] bomb = TinyPdf.bomb(300_000_000);
        assertThat(bomb.length).isLessThan(1_000_000);
        assertThatThrownBy(() -> read("bomb.pdf", bomb))
                .isInstanceOf(UnreadableDocument.class)
                .hasMessage("page 1 expands to more than 64,000,000 bytes");
    }

    /** Formatting elements are opened again in every paragraph. */
    @Test
    void boundsTheTreeOfHtml() throws IOException {
        StringBuilder html = new StringBuilder();
        for (int i = 0; i < 1_500; i++) {
            html.append("<b a").append(i).append('>');
        }
        html.append("<p>x".repeat(20_000));
        assertThat(read("bomb.html", html.toString()).length()).isEqualTo(3 * 20_000 - 2);
    }

    @Test
    void readsALineOf60MegabytesAndRefusesALongerOne() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.writeBytes("x".repeat(60_000_000).getBytes(StandardCharsets.UTF_8));
        assertThat(read("long.txt", line.toByteArray()).length()).isEqualTo(60_000_000);
        line.writeBytes("x".repeat(5_000_000).getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> read("longer.txt", line.toByteArray()))
                .hasMessageContaining("is 65,000,000 bytes long, expected at most 64,000,000");
    }
}
