package dev.septet.llm.template.jinja.builtin;

import dev.septet.llm.template.jinja.value.Arguments;
import dev.septet.llm.template.jinja.value.Formatting;
import dev.septet.llm.template.jinja.value.Frame;
import dev.septet.llm.template.jinja.value.PythonText;
import dev.septet.llm.template.jinja.value.PythonValues;
import dev.septet.llm.template.jinja.value.StringMethods;
import dev.septet.llm.template.jinja.value.TemplateFault;
import dev.septet.llm.template.jinja.value.Tuple;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Filters that return text. */
final class TextFilters {
    private static final Pattern TITLE_WORD = Pattern.compile("[^-\\s({\\[<]+");

    static final Map<String, TemplateFilter> ALL = Map.ofEntries(
            Map.entry("upper", plain("upper", PythonText::upper)),
            Map.entry("lower", plain("lower", PythonText::lower)),
            Map.entry("capitalize", plain("capitalize", PythonText::capitalized)),
            Map.entry("title", plain("title", TextFilters::titled)),
            Map.entry("string", plain("string", text -> text)),
            Map.entry("safe", plain("safe", text -> text)),
            Map.entry("escape", plain("escape", TextFilters::escaped)),
            Map.entry("e", plain("e", TextFilters::escaped)),
            Map.entry("trim", TextFilters::trim),
            Map.entry("replace", TextFilters::replace),
            Map.entry("indent", TextFilters::indent),
            Map.entry("center", TextFilters::center),
            Map.entry("format", TextFilters::format),
            Map.entry("tojson", JsonText::of),
            Map.entry("truncate", TextFilters::truncate),
            Map.entry("wordcount", TextFilters::wordCount));

    private TextFilters() {}

    private static TemplateFilter plain(String name, UnaryOperator<String> change) {
        return (value, given, frame) -> {
            given.bind(name);
            String text = PythonValues.text(value, frame);
            frame.budget().characters(text.length());
            String changed = change.apply(text);
            // "escape" and upper case may lengthen the text.
            frame.budget().characters(Math.max(0, changed.length() - text.length()));
            return changed;
        };
    }

    private static Object trim(Object value, Arguments given, Frame frame) {
        return StringMethods.stripped("trim", PythonValues.text(value, frame), given);
    }

    private static Object replace(Object value, Arguments given, Frame frame) {
        return StringMethods.replaced(PythonValues.text(value, frame), given, frame);
    }

    private static String titled(String text) {
        Matcher words = TITLE_WORD.matcher(text);
        return words.replaceAll(word -> Matcher.quoteReplacement(PythonText.capitalized(word.group())));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace(">", "&gt;")
                .replace("<", "&lt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;");
    }

    private static Object indent(Object value, Arguments given, Frame frame) {
        Arguments.Bound bound = given.bind("indent", "width", "first", "blank");
        Object width = bound.get(0, 4L);
        String margin = width instanceof String text
                ? text
                : " ".repeat((int) Math.max(0, Math.min(bound.integer(0, 4), 1000)));
        boolean blank = bound.flag(2, false);
        StringBuilder text = new StringBuilder();
        List<Object> lines = PythonText.lines(PythonValues.text(value, frame) + "\n", false, frame.budget());
        for (int i = 0; i < lines.size(); i++) {
            String line = (String) lines.get(i);
            boolean indented = i == 0 ? bound.flag(1, false) : blank || !line.isEmpty();
            frame.budget().characters(line.length() + margin.length() + 1L);
            text.append(i == 0 ? "" : "\n").append(indented ? margin : "").append(line);
        }
        return text.toString();
    }

    private static Object center(Object value, Arguments given, Frame frame) {
        String text = PythonValues.text(value, frame);
        long width = Math.min(given.bind("center", "width").integer(0, 80), 1 << 20);
        long missing = Math.max(0, width - PythonText.length(text));
        frame.budget().characters(text.length() + missing);
        // Python puts the extra space on the left if the width is odd.
        int left = (int) (missing / 2 + (missing & width & 1));
        return " ".repeat(left) + text + " ".repeat((int) missing - left);
    }

    private static Object format(Object value, Arguments given, Frame frame) {
        Object values = given.named().isEmpty() ? new Tuple(given.positional()) : Map.copyOf(given.named());
        return Formatting.percent(PythonValues.text(value, frame), values, frame);
    }

    private static Object wordCount(Object value, Arguments given, Frame frame) {
        return (long) PythonText.words(PythonValues.text(value, frame), -1, frame.budget())
                .size();
    }

    private static Object truncate(Object value, Arguments given, Frame frame) {
        Arguments.Bound bound = given.bind("truncate", "length", "killwords", "end", "leeway");
        String end = PythonValues.text(bound.get(2, "..."));
        long length = Math.min(bound.integer(0, 255), 1 << 30);
        long leeway = Math.min(bound.integer(3, 5), 1 << 30);
        int ending = PythonText.length(end);
        if (length < ending || leeway < 0) {
            throw new TemplateFault("truncate expects a length of at least " + ending + " and no negative leeway");
        }
        if (PythonValues.length(value) <= length + leeway) {
            return value;
        }
        if (!(value instanceof String text)) {
            throw new TemplateFault("truncate expects text, got " + PythonValues.typeName(value));
        }
        frame.budget().characters(text.length());
        String kept = text.substring(0, text.offsetByCodePoints(0, (int) length - ending));
        int space = bound.flag(1, false) ? -1 : kept.lastIndexOf(' ');
        return (space < 0 ? kept : kept.substring(0, space)) + end;
    }
}
