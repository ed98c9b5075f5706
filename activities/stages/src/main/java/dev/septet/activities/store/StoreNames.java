package dev.septet.activities.store;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** Encodes names of scopes and records as file names: no name leads out of its folder. */
final class StoreNames {
    private static final Pattern ESCAPED = Pattern.compile("%[0-9a-f]{2}");

    private StoreNames() {}

    /** One path segment for any text; different texts give different segments. */
    static String encoded(String text) {
        StringBuilder name = new StringBuilder();
        for (byte unit : text.getBytes(StandardCharsets.UTF_8)) {
            char letter = (char) (unit & 0xff);
            boolean plain = (letter >= 'a' && letter <= 'z')
                    || (letter >= 'A' && letter <= 'Z')
                    || (letter >= '0' && letter <= '9')
                    || letter == '-'
                    || letter == '_';
            if (plain) {
                name.append(letter);
            } else {
                name.append(String.format(Locale.ROOT, "%%%02x", unit & 0xff));
            }
        }
        return name.toString();
    }

    /** The text of an {@link #encoded} segment; any other file name gives some text. */
    static String decoded(String segment) {
        byte[] text = new byte[segment.length()];
        int length = 0;
        for (int i = 0; i < segment.length(); i++) {
            if (segment.charAt(i) == '%'
                    && ESCAPED.matcher(segment).region(i, segment.length()).lookingAt()) {
                text[length++] = (byte) Integer.parseInt(segment.substring(i + 1, i + 3), 16);
                i += 2;
            } else {
                text[length++] = (byte) segment.charAt(i);
            }
        }
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }
}
