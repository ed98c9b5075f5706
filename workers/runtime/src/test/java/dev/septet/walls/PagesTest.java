package dev.septet.walls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages begin in one form, their links lead somewhere, and the glossary is in alphabetical order. */
class PagesTest {
    private static final Path GITHUB = NamedTest.CHECKOUT.resolve(".github");
    private static final Path DOCS = GITHUB.resolve("docs");

    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)\\s#]*)(?:#([^)\\s]+))?\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern TERM = Pattern.compile("(?m)^\\| (?!term \\||---)([^|]+) \\|");

    @Test
    void sayFirstWhatTheReaderCanDo() throws IOException {
        List<Path> others = new ArrayList<>();
        int pages = 0;
        for (Path page : pages()) {
            if (page.startsWith(DOCS) || GITHUB.equals(page.getParent())) {
                pages++;
                if (!Files.readString(page).matches("(?s)# [^\\n]+\\n\\nAfter reading this page you can .*")) {
                    others.add(page);
                }
            }
        }
        assertThat(pages).as("pages that are read").isGreaterThan(20);
        assertThat(others).as("begin with another sentence").isEmpty();
    }

    @Test
    void linkToWhatIsThere() throws IOException {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path page : pages()) {
            for (MatchResult link : LINK.matcher(prose(page)).results().toList()) {
                links++;
                Path target = link.group(1).isEmpty()
                        ? page
                        : page.resolveSibling(link.group(1)).normalize();
                String heading = link.group(2);
                if (!Files.exists(target)
                        || (heading != null && !anchors(target).contains(heading))) {
                    broken.add("%s: %s".formatted(page, link.group()));
                }
            }
        }
        assertThat(links).as("links that are read").isGreaterThan(150);
        assertThat(broken).isEmpty();
    }

    @Test
    void sortTheGlossary() throws IOException {
        List<String> terms = TERM.matcher(Files.readString(DOCS.resolve("glossary.md")))
                .results()
                .map(term -> term.group(1))
                .toList();

        assertThat(terms).hasSizeGreaterThan(20).isSorted();
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(NamedTest.CHECKOUT.resolve("README.md")));
        for (Path folder : List.of(GITHUB, NamedTest.CHECKOUT.resolve("examples"))) {
            try (Stream<Path> files = Files.walk(folder)) {
                files.filter(file -> file.toString().endsWith(".md"))
                        .filter(file -> !file.toString().contains("/target/"))
                        .forEach(pages::add);
            }
        }
        return pages;
    }

    /** A page without its code blocks. */
    private static String prose(Path page) throws IOException {
        return Files.readString(page).replaceAll("(?s)```.*?```", "");
    }

    /** The names that links use for the headings of a page, as GitHub makes them. */
    private static Set<String> anchors(Path page) throws IOException {
        return HEADING.matcher(prose(page))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
