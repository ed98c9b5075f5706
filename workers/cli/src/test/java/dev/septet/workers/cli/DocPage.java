package dev.septet.workers.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A page of the documentation.
 *
 * @param text its Markdown
 */
public record DocPage(String text) {
    /** A page under {@code .github/docs}. */
    public static DocPage of(String name) throws IOException {
        return new DocPage(Files.readString(Path.of("../../.github/docs").resolve(name)));
    }

    /** Its code blocks in a language, in their order. */
    public List<String> blocks(String language) {
        return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(text)
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
    }
}
