package dev.septet.workers.cli.support;

import dev.septet.activities.secret.MaskedText;
import dev.septet.dsl.text.PublicText;
import dev.septet.settings.SecretValues;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Texts that may go into a bug report. Only words that Septet's own texts have, short numbers, and names that this class was
 * told stay. Every other word becomes {@value #HIDDEN}. So most of a secret or of a prompt in a message is hidden although
 * nobody knows its form. A passphrase of Septet's words and a code of six digits are not, unless a variable has them as its
 * secret value of at least 8 characters.
 */
final class PublicWords {
    private static final String HIDDEN = "*";

    private static final int LONGEST = 2000;
    private static final Pattern TOKEN = Pattern.compile("[^\\s\\p{Punct}]+");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,6}[a-zA-Z]{0,2}");

    private final Set<String> words;
    private final SecretValues secrets;
    private final Set<String> names = new HashSet<>();

    /**
     * Texts of this machine.
     *
     * @param words see {@link ProgramWords}
     * @param environment its secret values are hidden even where they are words
     */
    PublicWords(Set<String> words, Map<String, String> environment) {
        this.words = words;
        this.secrets = SecretValues.of(environment);
    }

    /** Lets a name stay, such as that of the run in question. */
    void add(String name) {
        names.add(name);
        Matcher parts = TOKEN.matcher(name);
        while (parts.find()) {
            names.add(parts.group());
        }
    }

    /** The text without what may be private. */
    String of(String text) {
        String hidden = secrets.hiddenIn(text);
        String cut = hidden.length() > LONGEST ? hidden.substring(0, LONGEST) + " ..." : hidden;
        cut = PublicText.line(MaskedText.of(cut).replaceAll("\\s+", " "));
        StringBuilder shown = new StringBuilder();
        Matcher token = TOKEN.matcher(cut);
        int end = 0;
        while (token.find()) {
            shown.append(cut.substring(end, token.start()));
            shown.append(isPublic(token.group()) ? token.group() : HIDDEN);
            end = token.end();
        }
        return shown.append(cut.substring(end)).toString();
    }

    private boolean isPublic(String token) {
        return words.contains(token.toLowerCase(Locale.ROOT))
                || names.contains(token)
                || NUMBER.matcher(token).matches();
    }
}
