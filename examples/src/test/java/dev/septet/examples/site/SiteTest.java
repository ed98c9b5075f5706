package dev.septet.examples.site;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The site is complete, the same each time, needs no other server, and a broken link is named. */
class SiteTest {
    private static final Path CHECKOUT = Path.of("..");
    private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"]*)\"");

    @TempDir
    private Path root = Path.of("");

    private static Map<String, String> files(Path site) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(site)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.put(site.relativize(file).toString(), Files.readString(file));
            }
        }
        return all;
    }

    @Test
    void everyPageIsThereAndEveryLinkLeadsToAHeading() throws IOException {
        Path site = root.resolve("one");
        assertThat(Site.build(CHECKOUT, site, List.of())).isEmpty();
        Map<String, String> files = files(site);
        try (Stream<Path> pages = Files.list(CHECKOUT.resolve(".github/docs"))) {
            pages.map(page -> page.getFileName().toString())
                    .filter(name -> name.endsWith(".md") && !name.equals("README.md"))
                    .forEach(name -> {
                        String address = "docs/" + name.replace(".md", ".html");
                        assertThat(files).containsKey(address);
                        assertThat(files.get("index.html"))
                                .as("the first page links to %s", name)
                                .contains(address);
                    });
        }
        List<String> broken = new ArrayList<>();
        files.forEach((address, html) -> {
            if (!address.endsWith(".html")) {
                return;
            }
            LINK.matcher(html)
                    .results()
                    .map((MatchResult link) -> link.group(1))
                    .forEach(link -> {
                        if (link.matches("(https?|mailto):.*")) {
                            return;
                        }
                        String[] parts = link.split("#", 2);
                        String target = parts[0].isEmpty()
                                ? address
                                : Path.of(address)
                                        .resolve("..")
                                        .resolve(parts[0])
                                        .normalize()
                                        .toString();
                        String other = files.get(target);
                        if (other == null
                                || (parts.length == 2
                                        && !parts[1].isEmpty()
                                        && target.endsWith(".html")
                                        && !other.contains("id=\"" + parts[1] + "\""))) {
                            broken.add(address + " -> " + link);
                        }
                    });
        });
        assertThat(broken).isEmpty();
        Path again = root.resolve("two");
        Site.build(CHECKOUT, again, List.of());
        assertThat(files(again)).isEqualTo(files);
    }

    @Test
    void nothingIsFetchedFromElsewhereAndNoPageBringsAScript() throws IOException {
        Path checkout =
                checkout("A page\n\n<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>");
        Path site = root.resolve("site");
        assertThat(Site.build(checkout, site, List.of())).isEmpty();
        String page = Files.readString(site.resolve("docs/page.html"));
        assertThat(page)
                .contains("&lt;script&gt;alert(1)")
                .doesNotContain("<script>alert", "<img src=x", "href=\"javascript:");
        for (Map.Entry<String, String> file : files(site).entrySet()) {
            assertThat(file.getValue())
                    .as(file.getKey())
                    .doesNotContainPattern("(src|href)=\"(https?:)?//[^\"]*\\.(js|css|png|woff2?)\"")
                    .doesNotContain("@import", "url(http");
        }
    }

    @Test
    void aBrokenLinkIsNamedWithItsPageAndLine() throws IOException {
        Path checkout =
                checkout("# Page\n\n[a](gone.md)\n\n## Part\n\n[b](#part) [c](#parts) [d](../../README.md#none)\n");
        assertThat(Site.build(checkout, root.resolve("site"), List.of()))
                .containsExactly(
                        ".github/docs/page.md:3 links to gone.md, which is not in the checkout",
                        ".github/docs/page.md:7 links to #parts, but .github/docs/page.md has no heading of this name",
                        ".github/docs/page.md:7 links to ../../README.md#none, but README.md has no heading of this name");
    }

    @Test
    void theIndexHasEverySection() throws IOException {
        Path checkout = checkout("# Page\n\nFirst.\n\n## Part one\n\nSome `code` in | a text.\n\n```sh\nls -l\n```\n");
        Site.build(checkout, root.resolve("site"), List.of());
        String script = Files.readString(root.resolve("site/search-index.js"));
        JsonNode index = new ObjectMapper().readTree(script.replaceFirst("^window\\.septetIndex = ", ""));
        assertThat(index.toString())
                .contains("[\"docs/page.html\",\"Page\",\"\",\"First.\"]")
                .contains("[\"docs/page.html#part-one\",\"Page\",\"Part one\",\"Some code in | a text. ls -l\"]");
    }

    @Test
    void codeHasColours() {
        assertThat(Highlighter.html("groovy", "train { epochs 3 } // <all>"))
                .isEqualTo(
                        "<span class=\"w\">train</span> { <span class=\"w\">epochs</span> <span class=\"n\">3</span> }"
                                + " <span class=\"c\">// &lt;all&gt;</span>");
        assertThat(Highlighter.html("bash", "./septet run x --json # why"))
                .contains(
                        "<span class=\"w\">./septet</span>",
                        "<span class=\"w\">--json</span>",
                        "<span class=\"c\"># why</span>");
        assertThat(Highlighter.html("text", "<b>")).isEqualTo("&lt;b&gt;");
    }

    private Path checkout(String page) throws IOException {
        Path checkout = root.resolve("checkout");
        for (String folder : List.of(".github/docs", ".github/adr", "examples/words")) {
            Files.createDirectories(checkout.resolve(folder));
        }
        Files.writeString(checkout.resolve("README.md"), "# Readme\n");
        Files.writeString(checkout.resolve(".github/docs/page.md"), page);
        return checkout;
    }
}
