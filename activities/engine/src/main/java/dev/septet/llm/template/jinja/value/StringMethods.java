package dev.septet.llm.template.jinja.value;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Python's string methods. */
public final class StringMethods {
    /** A string method. */
    interface Method {
        Object call(String text, Arguments arguments, Frame frame);
    }

    private static final Map<String, Method> METHODS = methods();

    private StringMethods() {}

    public static Set<String> names() {
        return METHODS.keySet();
    }

    static @Nullable Method named(String name) {
        return METHODS.get(name);
    }

    private static Map<String, Method> methods() {
        Map<String, Method> all = new LinkedHashMap<>();
        all.put("upper", plain("upper", PythonText::upper));
        all.put("lower", plain("lower", PythonText::lower));
        all.put("casefold", plain("casefold", PythonText::lower));
        all.put("title", plain("title", PythonText::titled));
        all.put("capitalize", plain("capitalize", PythonText::capitalized));
        all.put("strip", (text, given, frame) -> stripped("strip", text, given));
        all.put("lstrip", (text, given, frame) -> stripped("lstrip", text, given));
        all.put("rstrip", (text, given, frame) -> stripped("rstrip", text, given));
        all.put("startswith", (text, given, frame) -> affix("startswith", text, given));
        all.put("endswith", (text, given, frame) -> affix("endswith", text, given));
        all.put("split", (text, given, frame) -> split("split", text, given, frame));
        all.put("rsplit", (text, given, frame) -> split("rsplit", text, given, frame));
        all.put("splitlines", StringMethods::splitLines);
        all.put("partition", (text, given, frame) -> partition(text, given, frame, false));
        all.put("rpartition", (text, given, frame) -> partition(text, given, frame, true));
        all.put("replace", StringMethods::replaced);
        all.put("find", (text, given, frame) -> position("find", text, given, frame));
        all.put("rfind", (text, given, frame) -> position("rfind", text, given, frame));
        all.put("index", (text, given, frame) -> position("index", text, given, frame));
        all.put("count", StringMethods::count);
        all.put("join", StringMethods::joined);
        all.put("format", Formatting::braces);
        all.put("removeprefix", (text, given, frame) -> removed(text, given, true));
        all.put("removesuffix", (text, given, frame) -> removed(text, given, false));
        all.put("isdigit", every(Character::isDigit));
        all.put("isnumeric", every(Character::isDigit));
        all.put("isdecimal", every(Character::isDigit));
        all.put("isalpha", every(Character::isLetter));
        all.put("isalnum", every(Character::isLetterOrDigit));
        all.put("isspace", every(PythonText::isSpace));
        all.put("isupper", cased(PythonText::upper));
        all.put("islower", cased(PythonText::lower));
        return all;
    }

    private static Method plain(String name, UnaryOperator<String> change) {
        return (text, given, frame) -> {
            given.bind(name);
            frame.budget().characters(text.length());
            return change.apply(text);
        };
    }

    private static Method every(IntPredicate holds) {
        return (text, given, frame) -> !text.isEmpty() && text.codePoints().allMatch(holds);
    }

    private static Method cased(UnaryOperator<String> change) {
        return (text, given, frame) -> change.apply(text).equals(text)
                && text.codePoints().anyMatch(c -> Character.isUpperCase(c) || Character.isLowerCase(c));
    }

    public static String stripped(String side, String text, Arguments given) {
        String characters = given.bind(side, "chars").optionalText(0);
        BitSet expected = new BitSet();
        if (characters != null) {
            characters.codePoints().forEach(expected::set);
        }
        IntPredicate strips = characters == null ? PythonText::isSpace : expected::get;
        String result = side.equals("rstrip") ? text : PythonText.stripStart(text, strips);
        return side.equals("lstrip") ? result : PythonText.stripEnd(result, strips);
    }

    private static boolean affix(String side, String text, Arguments given) {
        Object expected = given.bind(side, "prefix").required(0);
        List<Object> options = expected instanceof Tuple tuple ? tuple.items() : List.of(expected);
        for (Object option : options) {
            if (!(option instanceof String part)) {
                throw new TemplateFault(side + " expects text, got " + PythonValues.typeName(option));
            }
            if (side.equals("startswith") ? text.startsWith(part) : text.endsWith(part)) {
                return true;
            }
        }
        return false;
    }

    private static List<Object> split(String side, String text, Arguments given, Frame frame) {
        Arguments.Bound bound = given.bind(side, "sep", "maxsplit");
        String separator = bound.optionalText(0);
        frame.search(text, separator == null ? "" : separator);
        long limit = bound.integer(1, -1);
        if (separator == null && side.equals("rsplit") && limit >= 0) {
            throw new TemplateFault("rsplit with a limit needs a separator");
        }
        List<Object> parts = separator == null
                ? PythonText.words(text, limit, frame.budget())
                : side.equals("split")
                        ? PythonText.split(text, separator, limit, frame.budget())
                        : PythonText.splitFromEnd(text, separator, limit, frame.budget());
        return parts;
    }

    private static List<Object> splitLines(String text, Arguments given, Frame frame) {
        boolean keep = given.bind("splitlines", "keepends").flag(0, false);
        return PythonText.lines(text, keep, frame.budget());
    }

    private static Tuple partition(String text, Arguments given, Frame frame, boolean last) {
        String separator = given.bind("partition", "sep").text(0);
        frame.search(text, separator);
        int at = last ? text.lastIndexOf(separator) : text.indexOf(separator);
        if (at < 0) {
            return last ? Tuple.of("", "", text) : Tuple.of(text, "", "");
        }
        return Tuple.of(text.substring(0, at), separator, text.substring(at + separator.length()));
    }

    public static String replaced(String text, Arguments given, Frame frame) {
        Arguments.Bound bound = given.bind("replace", "old", "new", "count");
        String old = bound.text(0);
        String replacement = bound.text(1);
        long limit = bound.values()[2] == NoneValue.NONE ? -1 : bound.integer(2, -1);
        frame.search(text, old);
        StringBuilder result = new StringBuilder();
        int from = 0;
        int at = text.indexOf(old);
        for (long done = 0; at >= 0 && (limit < 0 || done < limit); done++) {
            frame.budget().characters(at - from + replacement.length() + 1L);
            result.append(text, from, at).append(replacement);
            from = at + old.length();
            if (old.isEmpty()) {
                if (at == text.length()) {
                    break;
                }
                int next = at + Character.charCount(text.codePointAt(at));
                result.append(text, at, next);
                from = next;
            }
            at = text.indexOf(old, from);
        }
        frame.budget().characters(text.length() - from);
        return result.append(text.substring(from)).toString();
    }

    private static long position(String name, String text, Arguments given, Frame frame) {
        String expected = given.bind(name, "sub").text(0);
        frame.search(text, expected);
        int at = name.equals("rfind") ? text.lastIndexOf(expected) : text.indexOf(expected);
        if (at < 0 && name.equals("index")) {
            throw new TemplateFault("index found no such text");
        }
        return at < 0 ? -1 : text.codePointCount(0, at);
    }

    private static Object count(String text, Arguments given, Frame frame) {
        String expected = given.bind("count", "sub").text(0);
        frame.search(text, expected);
        return expected.isEmpty()
                ? (long) PythonText.length(text) + 1
                : (long) PythonText.split(text, expected, -1, frame.budget()).size() - 1;
    }

    private static String joined(String text, Arguments given, Frame frame) {
        StringBuilder all = new StringBuilder();
        String separator = "";
        for (Object item : PythonValues.items(given.bind("join", "items").required(0), frame)) {
            if (!(item instanceof String part)) {
                throw new TemplateFault("join expects a list of text, found " + PythonValues.typeName(item));
            }
            frame.budget().characters((long) part.length() + separator.length());
            all.append(separator).append(part);
            separator = text;
        }
        return all.toString();
    }

    private static String removed(String text, Arguments given, boolean prefix) {
        String part =
                given.bind(prefix ? "removeprefix" : "removesuffix", "affix").text(0);
        if (prefix) {
            return text.startsWith(part) ? text.substring(part.length()) : text;
        }
        return text.endsWith(part) ? text.substring(0, text.length() - part.length()) : text;
    }
}
