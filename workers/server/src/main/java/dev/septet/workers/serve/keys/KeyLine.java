package dev.septet.workers.serve.keys;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the lines of a key file. A line of one word is a plain key with all models and all scopes of the
 * model server. Any other line is {@code NAME sha256:HEX [scopes=chat,feedback] [models=a,b]
 * [expires=2027-01-31]}.
 */
public final class KeyLine {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern HASH = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final String SHAPE =
            "NAME sha256:HEX [scopes=chat,feedback,models] [models=a,b] [expires=2027-01-31]";

    private KeyLine() {}

    /**
     * Reads a file's text. Empty lines and lines that begin with # are ignored.
     *
     * @throws IllegalArgumentException when a line is invalid; the message has the line's number
     *     and shows no key
     */
    public static List<ApiKey> read(String text) {
        List<ApiKey> keys = new ArrayList<>();
        Set<String> names = new HashSet<>();
        int number = 0;
        for (String line : text.split("\\R")) {
            number++;
            String content = line.strip();
            if (content.isEmpty() || content.startsWith("#")) {
                continue;
            }
            try {
                ApiKey key = key(content.split("\\s+"));
                if (!names.add(key.name())) {
                    throw new IllegalArgumentException("names the key '%s' a second time".formatted(key.name()));
                }
                keys.add(key);
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "line %d %s", number, wrong.getMessage()), wrong);
            }
        }
        return keys;
    }

    /** Writes the line of a key. */
    public static String write(ApiKey key) {
        StringBuilder line = new StringBuilder(key.name()).append(" sha256:").append(key.sha256());
        if (!key.scopes().equals(KeyScope.MODEL_SERVER)) {
            line.append(" scopes=");
            line.append(String.join(
                    ",",
                    new TreeSet<>(key.scopes()).stream().map(KeyScope::word).toList()));
        }
        if (!key.models().isEmpty()) {
            line.append(" models=").append(String.join(",", key.models()));
        }
        if (key.expires() != null) {
            line.append(" expires=").append(key.expires());
        }
        return line.toString();
    }

    private static ApiKey key(String[] words) {
        if (words.length == 1) {
            return ApiKey.plain(words[0]);
        }
        if (!NAME.matcher(words[0]).matches()) {
            throw new IllegalArgumentException(
                    "has no name of letters, digits, '.', '_' and '-' in front; expected " + SHAPE);
        }
        if (!HASH.matcher(words[1]).matches()) {
            throw new IllegalArgumentException(
                    "has no 'sha256:' with 64 hex digits after the name; expected %s. `septet key create NAME` makes such a line"
                            .formatted(SHAPE));
        }
        Set<KeyScope> scopes = KeyScope.MODEL_SERVER;
        List<String> models = List.of();
        Instant expires = null;
        for (int i = 2; i < words.length; i++) {
            String word = words[i];
            if (word.startsWith("scopes=")) {
                scopes = scopes(list(word));
            } else if (word.startsWith("models=")) {
                models = list(word);
            } else if (word.startsWith("expires=")) {
                expires = expires(word.substring(word.indexOf('=') + 1));
            } else {
                throw new IllegalArgumentException(
                        "has '%s'; known are scopes=, models= and expires=".formatted(clip(word)));
            }
        }
        return new ApiKey(words[0], words[1].substring("sha256:".length()), scopes, models, expires);
    }

    private static List<String> list(String word) {
        List<String> values = List.of(word.substring(word.indexOf('=') + 1).split(",", -1));
        if (values.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException(
                    "has an empty name in '%s'; to allow all, leave it out".formatted(clip(word)));
        }
        return values;
    }

    /**
     * The scopes of these names.
     *
     * @throws IllegalArgumentException for an unknown one
     */
    public static Set<KeyScope> scopes(List<String> names) {
        Set<KeyScope> scopes = EnumSet.noneOf(KeyScope.class);
        for (String name : names) {
            scopes.add(KeyScope.named(name)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "has the scope '%s'; known are %s".formatted(clip(name), KeyScope.words()))));
        }
        return scopes;
    }

    /**
     * Parses a key's expiry: an instant, or the last day (UTC) on which the key is valid.
     *
     * @throws IllegalArgumentException when the text is neither
     */
    public static @Nullable Instant expires(String text) {
        try {
            return text.indexOf('T') > 0
                    ? Instant.parse(text)
                    : LocalDate.parse(text)
                            .plusDays(1)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "has expires=%s; expected a date such as 2027-01-31 (the last day, UTC) or an instant such as 2027-01-31T12:00:00Z"
                            .formatted(clip(text)),
                    e);
        }
    }

    private static String clip(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }
}
