package dev.septet.workers.cli.support;

import dev.septet.activities.secret.MaskedText;
import dev.septet.dsl.text.PublicText;
import dev.septet.settings.Setting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Texts that may go into a bug report. Only words of Septet's own messages, short numbers, and names that this class was told
 * stay. Every other word becomes {@value #HIDDEN}. So a secret or a prompt in a message is hidden although nobody knows its
 * form.
 */
final class PublicWords {
    private static final String HIDDEN = "*";

    private static final int LONGEST = 2000;
    private static final int SHORTEST_SECRET = 4;

    /** Names of variables that are not Septet's but may hold secrets. */
    private static final Pattern SECRET_NAME = Pattern.compile("(?i).*(key|token|secret|passw|credential|auth|headers).*");

    private static final Pattern TOKEN = Pattern.compile("[^\\s\\p{Punct}]+");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,6}[a-zA-Z]{0,2}");

    /** A file with one secret per line, {@code NAME=value} or a value. */
    private static final List<Setting> FILES = List.of(
            Setting.SECRETS, Setting.CODEC_TOKEN_FILE, Setting.STORE_KEYS, Setting.CODEC_KEYS, Setting.HF_TOKEN_PATH);

    private final Set<String> words;
    private final Set<String> secrets;
    private final Set<String> names = new HashSet<>();

    /**
     * Texts of this machine.
     *
     * @param words see {@link ProgramWords}
     * @param environment its secret values are hidden even where they are words
     */
    PublicWords(Set<String> words, Map<String, String> environment) {
        this.words = words;
        this.secrets = new TreeSet<>(
                Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));
        environment.forEach((name, value) -> {
            boolean secret = Setting.of(name).map(Setting::secret).orElse(false)
                    || SECRET_NAME.matcher(name).matches();
            if (secret && value.length() >= SHORTEST_SECRET) {
                secrets.add(value);
            }
        });
        FILES.forEach(setting -> addLines(setting.value(environment)));
    }

    private void addLines(@org.jspecify.annotations.Nullable String file) {
        if (file == null || file.isBlank()) {
            return;
        }
        try {
            for (String line : Files.readString(Path.of(file), StandardCharsets.ISO_8859_1).split("\\R")) {
                String value = line.substring(line.indexOf('=') + 1).strip();
                if (value.length() >= SHORTEST_SECRET) {
                    secrets.add(value);
                }
            }
        } catch (java.io.IOException | RuntimeException unreadable) {
            // Its words are hidden all the same, unless they are Septet's own.
        }
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
        String cut = text.length() > LONGEST ? text.substring(0, LONGEST) + " ..." : text;
        for (String secret : secrets) {
            cut = cut.replace(secret, HIDDEN);
        }
        cut = PublicText.line(MaskedText.of(cut).replaceAll("\\s+", " "));
        StringBuilder shown = new StringBuilder();
        Matcher token = TOKEN.matcher(cut);
        int end = 0;
        while (token.find()) {
            shown.append(cut, end, token.start());
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
