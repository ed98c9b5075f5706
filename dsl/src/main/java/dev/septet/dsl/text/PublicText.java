package dev.septet.dsl.text;

import com.google.errorprone.annotations.CompileTimeConstant;
import com.google.errorprone.annotations.FormatMethod;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Text that may leave a process: a failure's message, a text in a workflow history, a notification, a line of a log or
 * a terminal, a title.
 *
 * <p>It contains no text of a row. A sentence is a constant of the program ({@link #of}). Its parts are numbers, words
 * of the program, file names ({@link #file}), and field names that are plain identifiers ({@link #field}). It contains
 * no character that moves a cursor, is invisible or changes the text direction: such characters are shown by their code
 * points.
 */
public final class PublicText {
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z_-]{0,31}\\d{0,2}");
    private static final int LONGEST_NAME = 1024;

    private static final Set<String> QUOTING = Set.of(
            "java.lang.NumberFormatException",
            "java.time.format.DateTimeParseException",
            "java.util.regex.PatternSyntaxException",
            "java.net.URISyntaxException");

    private final String text;

    private PublicText(String text) {
        this.text = text;
    }

    /**
     * A sentence of the program.
     *
     * @param sentence a constant, in the format of {@link String#format}
     * @param parts numbers, enum constants and other public texts; any other text is replaced by its length
     */
    @FormatMethod
    public static PublicText of(@CompileTimeConstant String sentence, Object... parts) {
        Object[] safe = Arrays.stream(parts).map(PublicText::safe).toArray();
        return new PublicText(String.format(Locale.ROOT, sentence, safe));
    }

    /** The name of a file, dataset, pipeline or model, as it was given. */
    public static PublicText file(String name) {
        return new PublicText(line(cut(name)));
    }

    /** The name of a row's field if it is a plain identifier, otherwise its length. */
    public static PublicText field(String name) {
        return IDENTIFIER.matcher(name).matches() ? new PublicText(name) : of("a name of %d characters", name.length());
    }

    /** A message of a component that never reads rows, such as a parser of pipeline files or templates. */
    public static PublicText said(String sentence) {
        return new PublicText(visible(sentence));
    }

    /** Several texts, separated by commas. */
    public static PublicText list(Collection<PublicText> texts) {
        return new PublicText(texts.stream().map(PublicText::toString).collect(Collectors.joining(", ")));
    }

    /** The text with hidden characters shown by their code points. Line breaks and tabs stay. */
    public static String visible(String text) {
        return escaped(text, "\n\t");
    }

    /** The same as {@link #visible}, on one line. */
    public static String line(String text) {
        return escaped(text, "");
    }

    /**
     * A model's output, for a terminal: without control characters and changes of text direction. Characters that only
     * join letters stay, because some scripts need them.
     */
    public static String spoken(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            boolean steers = Character.getType(point) == Character.CONTROL && "\n\t".indexOf(point) < 0;
            if (steers || turns(point)) {
                shown.append(number(point));
            } else {
                shown.appendCodePoint(point);
            }
        });
        return shown.toString();
    }

    /**
     * The message of an exception. Parsers quote the text that they could not read, which may be a row's text, so only
     * the class name of their exceptions is shown.
     */
    public static PublicText of(Throwable problem) {
        String message = problem.getMessage();
        if (quotes(problem.getClass().getName())) {
            return of(
                    "what was read is not valid (%s)", field(problem.getClass().getSimpleName()));
        }
        return said(message == null || message.isBlank() ? "no message" : message);
    }

    /** Whether exceptions of this class quote the text that they could not read. */
    public static boolean quotes(String className) {
        return className.startsWith("com.fasterxml.jackson.")
                || className.startsWith("org.yaml.snakeyaml.")
                || QUOTING.contains(className);
    }

    /** Equivalent JSON, in which hidden characters are JSON escapes. */
    public static String json(String json) {
        StringBuilder escaped = new StringBuilder(json.length() + 16);
        json.codePoints().forEach(point -> {
            if (!hidden(point) || "\n\t\r".indexOf(point) >= 0) {
                escaped.appendCodePoint(point);
                return;
            }
            for (char unit : Character.toChars(point)) {
                escaped.append(String.format(Locale.ROOT, "\\u%04X", (int) unit));
            }
        });
        return escaped.toString();
    }

    @Override
    public String toString() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PublicText same && same.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    private static Object safe(Object part) {
        if (part instanceof PublicText
                || part instanceof Number
                || part instanceof Boolean
                || part instanceof Enum<?>) {
            return part;
        }
        return of("a text of %d characters", String.valueOf(part).length());
    }

    private static String cut(String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "...";
    }

    private static String escaped(String text, String kept) {
        if (text.codePoints().noneMatch(PublicText::hidden)) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(point -> {
            if (hidden(point) && kept.indexOf(point) < 0) {
                shown.append(number(point));
            } else {
                shown.appendCodePoint(point);
            }
        });
        return shown.toString();
    }

    private static String number(int point) {
        return String.format(Locale.ROOT, "<U+%04X>", point);
    }

    private static boolean turns(int point) {
        return (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
    }

    /** Whether the character moves the cursor, is invisible, or changes the text direction. */
    private static boolean hidden(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> true;
            default -> false;
        };
    }
}
