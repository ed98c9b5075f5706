package dev.septet.dsl.extension;

import static dev.septet.dsl.extension.ExtensionWord.require;

import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A named value of a word, such as {@code chrf(order: 6)}. In a pipeline file it is a literal or a
 * constant, which is never executed.
 *
 * @param standard the default; null when a pipeline file must set the option
 * @param least the smallest number; null for other types
 * @param most the largest number; null for other types
 * @param choices the bare words of a choice; empty for other types
 */
public record WordOption(
        String name,
        String documentation,
        Type type,
        @Nullable Object standard,
        @Nullable Double least,
        @Nullable Double most,
        List<String> choices) {
    private static final int LONGEST = 500;

    /** What an option takes, and its Java type. */
    public enum Type {
        /** A {@code long}. */
        WHOLE_NUMBER,
        /** A {@code double}. */
        NUMBER,
        /** A {@code String}. */
        TEXT,
        /** A {@code boolean}. */
        TRUTH,
        /** A {@code String} of a closed list. */
        CHOICE
    }

    public WordOption {
        choices = List.copyOf(choices);
        require(name.matches(ExtensionWord.NAME), "'%s' is not a name that an option may have", name);
        require(
                !documentation.isBlank() && documentation.length() <= LONGEST && ExtensionWord.plain(documentation),
                "the documentation of option `%s` is not one line of 1 to %d characters",
                name,
                LONGEST);
        require(
                type != Type.CHOICE
                        || (!choices.isEmpty() && choices.stream().allMatch(c -> c.matches(ExtensionWord.NAME))),
                "the choices of option `%s` must be bare words, such as `short`",
                name);
        require(
                (least == null) == (most == null)
                        && (least == null || most == null || (Double.isFinite(least) && Double.isFinite(most))),
                "the bounds of option `%s` are not two numbers: %s and %s",
                name,
                String.valueOf(least),
                String.valueOf(most));
        boolean fits = standard == null || (fits(type, choices, standard) && within(standard, least, most));
        require(fits, "the default of option `%s` is not a value that it takes: %s", name, String.valueOf(standard));
    }

    /** A whole number from {@code min} to {@code max}, with a default. */
    public static WordOption wholeNumber(String name, String documentation, long standard, long min, long max) {
        return new WordOption(name, documentation, Type.WHOLE_NUMBER, standard, (double) min, (double) max, List.of());
    }

    /** A number from {@code min} to {@code max}, with a default. */
    public static WordOption number(String name, String documentation, double standard, double min, double max) {
        return new WordOption(name, documentation, Type.NUMBER, standard, min, max, List.of());
    }

    /** Text; null as default when the file must write it. */
    public static WordOption text(String name, String documentation, @Nullable String standard) {
        return new WordOption(name, documentation, Type.TEXT, standard, null, null, List.of());
    }

    /** {@code true} or {@code false}. */
    public static WordOption truth(String name, String documentation, boolean standard) {
        return new WordOption(name, documentation, Type.TRUTH, standard, null, null, List.of());
    }

    /** One bare word of a list; the first is the default. */
    public static WordOption choice(String name, String documentation, List<String> choices) {
        return new WordOption(name, documentation, Type.CHOICE, choices.get(0), null, null, choices);
    }

    /** The same without a default: the file must write it. */
    public WordOption mandatory() {
        return new WordOption(name, documentation, type, null, least, most, choices);
    }

    public boolean required() {
        return standard == null;
    }

    /** A value that it takes, as a pipeline file writes it. */
    public String example() {
        if (standard != null) {
            return standard instanceof String text && type == Type.TEXT
                    ? "'" + text.replace("'", "\\'") + "'"
                    : shown(standard);
        }
        return switch (type) {
            case WHOLE_NUMBER -> shown(Math.round(Objects.requireNonNullElse(least, 1.0)));
            case NUMBER -> shown(Objects.requireNonNullElse(least, 0.5));
            case TEXT -> "'" + name + "'";
            case TRUTH -> "true";
            case CHOICE -> choices.get(0);
        };
    }

    /** What its number must be; empty when the number is finite and within the bounds. */
    public String objection(Object value) {
        if (!(value instanceof Number number) || within(number, least, most)) {
            return "";
        }
        return least == null || most == null
                ? "must be a finite number, got " + shown(number)
                : "must be from %s to %s, got %s".formatted(shown(least), shown(most), shown(number));
    }

    /** Whether a value is of its type, and one of its choices. */
    boolean takes(Object value) {
        return fits(type, choices, value);
    }

    private static boolean fits(Type type, List<String> choices, Object value) {
        return switch (type) {
            case WHOLE_NUMBER -> value instanceof Long;
            case NUMBER -> value instanceof Double;
            case TEXT -> value instanceof String;
            case TRUTH -> value instanceof Boolean;
            case CHOICE -> value instanceof String choice && choices.contains(choice);
        };
    }

    private static boolean within(Object value, @Nullable Double least, @Nullable Double most) {
        return !(value instanceof Number number)
                || (Double.isFinite(number.doubleValue())
                        && (least == null || number.doubleValue() >= least)
                        && (most == null || number.doubleValue() <= most));
    }

    private static String shown(Object value) {
        return value instanceof Double number && Double.isFinite(number)
                ? new BigDecimal(number.toString()).stripTrailingZeros().toPlainString()
                : value.toString();
    }
}
