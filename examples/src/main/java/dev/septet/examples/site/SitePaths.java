package dev.septet.examples.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Where the files of the checkout are in the site. */
record SitePaths(Path checkout) {
    private static final List<String> FOLDERS = List.of(".github/docs", ".github/adr", ".github", "examples/words");

    /** The pages that are in the site in any case, whether another page links to them or not. */
    List<String> roots() throws IOException {
        List<String> roots = new ArrayList<>(List.of("README.md"));
        for (String folder : FOLDERS) {
            try (Stream<Path> files = Files.list(checkout.resolve(folder))) {
                files.map(file -> folder + "/" + file.getFileName())
                        .filter(name -> name.endsWith(".md"))
                        .sorted()
                        .forEach(roots::add);
            }
        }
        return roots;
    }

    /** The address of a page. */
    String address(String source) {
        String name = source.replaceFirst("\\.md$", "");
        if (name.startsWith(".github/")) {
            name = name.substring(".github/".length());
        }
        name = name.replaceFirst("^examples/words/", "words/");
        name = name.equals("README") ? "about" : name.replaceFirst("README$", "index");
        return name.matches("[A-Z]+") ? name.toLowerCase(Locale.ROOT) + ".html" : name + ".html";
    }

    /** The address of another file. */
    static String file(String source) {
        return "files/" + source.replaceFirst("^\\.", "") + ".html";
    }

    /** An address as a page at another address writes it. */
    static String relative(String from, String to) {
        return "../".repeat((int) from.chars().filter(each -> each == '/').count()) + to;
    }
}
