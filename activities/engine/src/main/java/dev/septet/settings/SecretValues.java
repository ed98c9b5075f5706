package dev.septet.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The values of secrets in an environment, and in the files of secrets that it names, to hide them in texts. Short values are
 * left out, because they may be words.
 *
 * @param all the longest first
 */
public record SecretValues(List<String> all) {
    /** Other programs' variables that may hold secrets. */
    private static final Pattern NAME = Pattern.compile("(?i).*(key|token|secret|passw|credential|auth|headers).*");

    private static final Pattern USER = Pattern.compile("(://)[^/@\\s]+@");

    /** Words that look like secrets. */
    private static final Pattern LOOK_ALIKE = Pattern.compile(
            "(?i)(bearer"
                    + " +|(token|key|secret|password)[\"']?\\s*[=:]\\s*[\"']?)[^\\s\"',]+|\\b(hf|sk|ghp|AKIA)[_-]?[A-Za-z0-9_-]{12,}");

    private static final int SHORTEST = 8;
    private static final String HIDDEN = "[SECRET]";

    /** Files of lines {@code NAME=value}, or of one value. */
    private static final List<Setting> FILES = List.of(
            Setting.SECRETS, Setting.CODEC_TOKEN_FILE, Setting.STORE_KEYS, Setting.CODEC_KEYS, Setting.HF_TOKEN_PATH);

    public SecretValues {
        all = List.copyOf(all);
    }

    /** The secrets of an environment, without those of files. */
    public static SecretValues inEnvironment(Map<String, String> environment) {
        return longestFirst(values(environment));
    }

    /** The secrets of an environment and of the files that it names. Reads the files now. */
    public static SecretValues of(Map<String, String> environment) {
        List<String> values = values(environment);
        FILES.forEach(setting -> addLines(setting.value(environment), values));
        return longestFirst(values);
    }

    private static List<String> values(Map<String, String> environment) {
        List<String> values = new ArrayList<>();
        environment.forEach((name, value) -> {
            boolean secret = Setting.of(name)
                    .map(Setting::secret)
                    .orElse(NAME.matcher(name).matches());
            if (secret && !value.startsWith("/")) {
                values.add(value.strip());
            }
        });
        return values;
    }

    private static SecretValues longestFirst(List<String> values) {
        TreeSet<String> sorted = new TreeSet<>(
                Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));
        values.stream().filter(value -> value.length() >= SHORTEST).forEach(sorted::add);
        return new SecretValues(List.copyOf(sorted));
    }

    private static void addLines(@Nullable String file, List<String> values) {
        if (file == null || file.isBlank()) {
            return;
        }
        try {
            for (String line : Files.readString(Path.of(file.strip()), StandardCharsets.ISO_8859_1)
                    .split("\\R")) {
                values.add(line.substring(line.indexOf('=') + 1).strip());
            }
        } catch (IOException | RuntimeException unreadable) {
            // The process that needs the file reports this.
        }
    }

    /** The text without words that look like secrets, whoever they belong to. */
    public static String lookAlikesHiddenIn(String text) {
        return LOOK_ALIKE.matcher(text).replaceAll(HIDDEN);
    }

    /** The text without these values, and without users and passwords of URLs. */
    public String hiddenIn(String text) {
        String hidden = text;
        for (String secret : all) {
            hidden = hidden.replace(secret, HIDDEN);
        }
        return hidden.contains("://") ? USER.matcher(hidden).replaceAll("$1") : hidden;
    }
}
