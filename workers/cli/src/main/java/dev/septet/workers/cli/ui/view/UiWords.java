package dev.septet.workers.cli.ui.view;

import dev.septet.activities.evaluate.report.DisplayText;
import dev.septet.workers.cli.run.StateWords;
import dev.septet.workers.cli.screen.Style;
import dev.septet.workflows.Progress;
import dev.septet.workflows.artifact.Score;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Values as the pages write them. The templates escape them. */
public final class UiWords {
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd\u00a0HH:mm\u00a0'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final Pattern PLAIN_ARGUMENT = Pattern.compile("[A-Za-z0-9_./:@][A-Za-z0-9_./:@=+,-]*");
    private static final int LONGEST = 300;
    private static final int LONGEST_TEXT = 2000;

    private UiWords() {}

    /** A text from outside, without characters that hide or turn it, and not too long. */
    public static String of(@Nullable String text) {
        return text == null ? "" : DisplayText.of(text, LONGEST);
    }

    /**
     * A part of a sentence.
     *
     * @param code whether it was between backticks
     */
    public record Part(String text, boolean code) {}

    /**
     * A name as one argument of a command that people copy to a shell. Anyone who may start a run, or who writes a link to this page,
     * chooses a name.
     */
    public static String argument(@Nullable String name) {
        String shown = of(name);
        return PLAIN_ARGUMENT.matcher(shown).matches() ? shown : "'" + shown.replace("'", "'\\''") + "'";
    }

    /** A sentence with commands and names between backticks, as parts. */
    public static List<Part> parts(String text) {
        List<Part> parts = new ArrayList<>();
        String[] pieces = of(text).split("`", -1);
        for (int at = 0; at < pieces.length; at++) {
            if (!pieces[at].isEmpty()) {
                parts.add(new Part(pieces[at], at % 2 == 1 && at < pieces.length - 1));
            }
        }
        return parts;
    }

    /** A longer text of several lines. */
    public static String text(String text) {
        return DisplayText.of(text, LONGEST_TEXT);
    }

    /** A time, to the minute, in UTC, which no line breaks; the text itself if it is no time. */
    public static String time(@Nullable String iso) {
        if (iso == null) {
            return "";
        }
        try {
            return MINUTE.format(Instant.parse(iso));
        } catch (DateTimeParseException other) {
            return of(iso);
        }
    }

    /** A time in milliseconds since 1970. */
    public static String time(long millis) {
        return MINUTE.format(Instant.ofEpochMilli(millis));
    }

    /** A duration. */
    public static String duration(long millis) {
        return Progress.time(millis / 1000.0);
    }

    /** A confidence. Only certainty is 100 %. */
    public static String percent(double part) {
        double percent = part >= 1 ? 100 : Math.min(99.9, 100 * part);
        return String.format(Locale.ROOT, percent >= 99 && percent < 100 ? "%.1f\u00a0%%" : "%.0f\u00a0%%", percent);
    }

    /** A score. */
    public static String score(double value) {
        return Score.figures(value);
    }

    /** A number with its separators. */
    public static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** Amounts of money, one for each currency. */
    public static String amounts(Map<String, BigDecimal> byCurrency) {
        List<String> parts = new ArrayList<>();
        byCurrency.forEach(
                (currency, amount) -> parts.add(String.format(Locale.ROOT, "%,.2f\u00a0%s", amount, of(currency))));
        return String.join(" and ", parts);
    }

    /** Hours, to the hundredth. */
    public static String hours(double hours) {
        return String.format(Locale.ROOT, "%,.2f", hours);
    }

    /** A text as part of an address. */
    public static String query(@Nullable String text) {
        return URLEncoder.encode(text == null ? "" : text, StandardCharsets.UTF_8);
    }

    /** The class that colours a state. */
    public static String tone(@Nullable String word) {
        Style style = StateWords.style(word == null ? "" : word);
        return switch (style) {
            case GOOD -> "good";
            case BUSY -> "busy";
            case BAD -> "bad";
            case WARN -> "warn";
            default -> "quiet";
        };
    }

    /** A word in lower case, such as a state's. */
    public static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
