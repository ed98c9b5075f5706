package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every message of the page is one that the code prints, and a reader finds it in the order of the alphabet. */
class TroubleshootingPageTest {
    private static final Pattern MESSAGE = Pattern.compile("(?m)^### (``?) ?(.+?) ?\\1$");
    private static final int LEAST_CHARACTERS = 12;

    @Test
    void everyMessageIsInTheCode() throws IOException {
        String code = code();
        List<String> gone = new ArrayList<>();
        for (String message : messages()) {
            List<String> parts = Stream.of(message.split("\\(?\\.\\.\\.\\)?"))
                    .map(String::strip)
                    .filter(part -> part.length() > 3)
                    .toList();
            assertThat(String.join("", parts)).as(message).hasSizeGreaterThan(LEAST_CHARACTERS);
            if (!parts.stream().allMatch(part -> code.contains(part) || code.contains(part.replaceAll("\\.$", "")))) {
                gone.add(message);
            }
        }
        assertThat(gone).as("messages that no longer exist").isEmpty();
    }

    @Test
    void theyAreSortedAndEachHasANextStep() throws IOException {
        List<String> messages = messages();
        assertThat(messages)
                .hasSizeGreaterThan(40)
                .isSortedAccordingTo(Comparator.comparing(
                        message -> message.replaceAll("^[^a-zA-Z]+", "").toLowerCase(Locale.ROOT)));
        String text = DocPage.of("troubleshooting.md").text();
        assertThat(text.split("\\*\\*Next step\\.\\*\\*", -1)).hasSize(messages.size() + 1);
        assertThat(text.split("\\*\\*Cause\\.\\*\\*", -1)).hasSize(messages.size() + 1);
    }

    private static List<String> messages() throws IOException {
        return MESSAGE.matcher(DocPage.of("troubleshooting.md").text())
                .results()
                .map((MatchResult message) -> message.group(2))
                .toList();
    }

    /** The code of all modules, with texts that are joined by `+` as one text. */
    private static String code() throws IOException {
        StringBuilder all = new StringBuilder();
        for (String module : List.of("dsl", "workflows", "activities", "workers")) {
            try (Stream<Path> files = Files.walk(Path.of("../..").resolve(module))) {
                for (Path file : files.filter(file -> file.toString().endsWith(".java"))
                        .filter(file -> file.toString().contains("/src/main/"))
                        .toList()) {
                    all.append(Files.readString(file));
                }
            }
        }
        return all.toString().replaceAll("\"\\s*\\+\\s*\"", "").replace("\\\"", "\"");
    }
}
