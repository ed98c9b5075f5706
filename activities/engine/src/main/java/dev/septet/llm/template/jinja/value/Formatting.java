package dev.septet.llm.template.jinja.value;

import dev.septet.llm.template.jinja.tree.Accesses;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Basic forms of Python's two text formatting operations. */
public final class Formatting {
    private static final Pattern PERCENT =
            Pattern.compile("%(?:\\((?<key>[^)]{0,200})\\))?(?<width>[-0]?\\d{0,3})(?<places>\\.\\d{1,2})?(?<kind>.)");
    private static final Pattern BRACES = Pattern.compile("\\{\\{|}}|\\{(?<field>[A-Za-z0-9_]*)}|[{}]");

    private Formatting() {}

    /** {@code '%s and %d' % (a, b)}. */
    public static String percent(String format, Object given, Frame frame) {
        List<Object> values = given instanceof Tuple tuple ? tuple.items() : List.of(given);
        StringBuilder text = new StringBuilder();
        Matcher matcher = PERCENT.matcher(format);
        int next = 0;
        while (matcher.find()) {
            String piece;
            if (matcher.group("kind").equals("%")) {
                piece = "%";
            } else if (matcher.group("key") != null) {
                piece = shown(matcher, Accesses.item(given, matcher.group("key")), frame);
            } else if (next < values.size()) {
                piece = shown(matcher, values.get(next++), frame);
            } else {
                throw new TemplateFault("the format has more places than there are values");
            }
            frame.budget().characters(piece.length());
            matcher.appendReplacement(text, Matcher.quoteReplacement(piece));
        }
        boolean all = next == values.size() || given instanceof Map<?, ?>;
        if (!all) {
            throw new TemplateFault("the format has fewer places than there are values");
        }
        return matcher.appendTail(text).toString();
    }

    private static String shown(Matcher matcher, Object value, Frame frame) {
        String places = matcher.group("places");
        String width = matcher.group("width");
        String kind = matcher.group("kind");
        Double number = PythonNumbers.real(value);
        String piece = switch (kind) {
            case "s" -> PythonValues.text(value, frame);
            case "d", "i" -> number == null ? fail(kind, value) : Long.toString(number.longValue());
            case "f" ->
                number == null
                        ? fail(kind, value)
                        : String.format(Locale.ROOT, "%" + (places == null ? ".6" : places) + "f", number);
            default -> throw new TemplateFault("the format %" + kind + " is not known");
        };
        boolean left = width.startsWith("-");
        String fill = width.startsWith("0") ? "0" : " ";
        String digits = left ? width.substring(1) : width;
        int minWidth = digits.isEmpty() ? 0 : Integer.parseInt(digits);
        String padding = fill.repeat(Math.max(0, minWidth - piece.length()));
        return left ? piece + padding : padding + piece;
    }

    private static String fail(String kind, Object value) {
        throw new TemplateFault("the format %" + kind + " expects a number, got " + PythonValues.typeName(value));
    }

    /** {@code '{} and {name}'.format(a, name=b)}. */
    static String braces(String format, Arguments given, Frame frame) {
        StringBuilder text = new StringBuilder();
        Matcher matcher = BRACES.matcher(format);
        int next = 0;
        while (matcher.find()) {
            String field = matcher.group("field");
            String piece;
            if (matcher.group().length() == 2 && (field == null)) {
                piece = matcher.group().substring(1);
            } else if (field == null) {
                throw new TemplateFault("format understands {}, {0} and {name} only");
            } else if (field.isEmpty()) {
                piece = positional(given, next++, frame);
            } else if (Character.isDigit(field.charAt(0))) {
                piece = positional(given, field.length() > 4 ? -1 : Integer.parseInt(field), frame);
            } else {
                Object value = given.named().get(field);
                if (value == null) {
                    throw new TemplateFault("format lacks the value " + field);
                }
                piece = PythonValues.text(value, frame);
            }
            frame.budget().characters(piece.length());
            matcher.appendReplacement(text, Matcher.quoteReplacement(piece));
        }
        return matcher.appendTail(text).toString();
    }

    private static String positional(Arguments given, int index, Frame frame) {
        if (index < 0 || index >= given.positional().size()) {
            throw new TemplateFault("format lacks a value for one of its places");
        }
        return PythonValues.text(given.positional().get(index), frame);
    }
}
