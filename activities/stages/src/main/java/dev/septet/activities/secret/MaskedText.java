package dev.septet.activities.secret;

import dev.septet.dsl.text.PublicText;
import dev.septet.settings.SecretValues;
import java.util.regex.Pattern;

/** Text of other programs and services, without what looks like a secret. */
public final class MaskedText {
    /** Characters of a line that are shown. */
    public static final int LONGEST = 300;

    /** A quotation of more than a name, also one that does not end. */
    private static final Pattern QUOTED =
            Pattern.compile("\"(?=[^\"]*\\s)[^\"]{24,}(\"|$)|'(?=[^']*\\s)[^']{24,}('|$)|[{\\[][^}\\]]{24,}([}\\]]|$)");

    private MaskedText() {}

    /** The same text, with a word in the place of each secret. */
    public static String of(String text) {
        return SecretValues.lookAlikesHiddenIn(text);
    }

    /** The same as {@link #line} without long quotations, which may be texts of a row. */
    public static String lineWithoutQuotes(String message) {
        return line(QUOTED.matcher(message).replaceAll("[text]"));
    }

    /** One line of a message, of limited length. */
    public static String line(String message) {
        String line = of(message.strip());
        return PublicText.line(
                (line.length() > LONGEST ? line.substring(0, LONGEST) + " ..." : line).replaceAll("\\s+", " "));
    }
}
