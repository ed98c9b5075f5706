package dev.septet.activities.evaluate.check;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Recognizes answers that abstain, by phrases. The phrases of {@code abstentions.txt} are of several languages; each of its
 * lines is a phrase, and # begins a comment. A phrase may be anywhere in an answer. Letter case, white space and the kind of
 * apostrophe do not matter.
 */
final class Abstention {
    private final List<String> phrases = new ArrayList<>();

    /**
     * The built-in phrases and more.
     *
     * @param more phrases of the pipeline file
     */
    Abstention(List<String> more) throws IOException {
        try (InputStream in = Abstention.class.getResourceAsStream("abstentions.txt")) {
            if (in == null) {
                throw new IOException("abstentions.txt is not on the class path");
            }
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .forEach(line -> phrases.add(plain(line)));
        }
        more.forEach(phrase -> phrases.add(plain(phrase)));
    }

    /** Whether an answer abstains. */
    boolean in(String answer) {
        String plain = plain(answer);
        return phrases.stream().anyMatch(plain::contains);
    }

    private static String plain(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC)
                .toLowerCase(Locale.ROOT)
                .replace('\u2019', '\'')
                .replace('\u2018', '\'')
                .strip()
                .replaceAll("\\s+", " ");
    }
}
