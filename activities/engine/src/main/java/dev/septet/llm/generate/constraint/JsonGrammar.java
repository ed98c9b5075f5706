package dev.septet.llm.generate.constraint;

import dev.septet.llm.generate.constraint.grammar.ByteDfa;
import dev.septet.llm.generate.constraint.grammar.ByteNfa;
import dev.septet.llm.generate.constraint.grammar.CharRanges;
import dev.septet.llm.generate.constraint.grammar.GrammarProblem;
import dev.septet.llm.generate.constraint.grammar.JsonStrings;
import dev.septet.llm.generate.constraint.grammar.NumberTexts;
import dev.septet.llm.generate.constraint.grammar.TokenGrammar;
import dev.septet.llm.generate.constraint.grammar.TokenGrammar.Graph;
import dev.septet.llm.generate.constraint.grammar.TokenGrammar.Node;
import dev.septet.llm.generate.constraint.grammar.TokenGrammar.Rule;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The parts of JSON. White space is optional, only where models usually write it, and bounded: one
 * space, or a new line with at most 16 spaces.
 */
final class JsonGrammar {
    private static final int MAX_INDENT = 16;
    private static final String SYNTAX = "{}[]\":,-+.eE0123456789abcdfnrtulsABCDF\\/";

    /** No limit of the digits behind the point. */
    static final int ANY_FRACTION = Integer.MAX_VALUE;

    private final TokenGrammar grammar;
    private final CharRanges alphabet;
    private final Node openObject;
    private final Node closeObject;
    private final Node openArray;
    private final Node closeArray;
    private final Node comma;
    private final Node colon;
    private @Nullable Node string;
    private @Nullable ByteDfa plain;
    private @Nullable Rule anything;

    /**
     * @param alphabet characters that can be written
     */
    JsonGrammar(TokenGrammar grammar, CharRanges alphabet) {
        this.grammar = grammar;
        this.alphabet = alphabet;
        requireWritable(SYNTAX);
        openObject = grammar.text(spaced("", "{", true));
        closeObject = grammar.text(spaced("\n", "}", false));
        openArray = grammar.text(spaced("", "[", true));
        closeArray = grammar.text(spaced("\n", "]", false));
        comma = grammar.text(spaced("", ",", true));
        colon = grammar.oneOf(List.of(grammar.text(ByteDfa.text(":")), grammar.text(ByteDfa.text(": "))));
    }

    TokenGrammar grammar() {
        return grammar;
    }

    CharRanges alphabet() {
        return alphabet;
    }

    /**
     * Requires that a text can be written with this vocabulary.
     *
     * @throws GrammarProblem when it cannot
     */
    void requireWritable(String text) {
        text.codePoints().filter(point -> !alphabet.contains(point)).findFirst().ifPresent(point -> {
            throw new GrammarProblem(String.format(
                    Locale.ROOT, "needs the character U+%04X, which this model's tokenizer cannot write", point));
        });
    }

    private static ByteDfa spaced(String before, String text, boolean after) {
        ByteNfa nfa = new ByteNfa();
        int start = 0;
        if (!before.isEmpty()) {
            int line = nfa.state();
            nfa.free(0, line);
            indent(nfa, 0, line);
            start = line;
        }
        int end = nfa.text(start, text);
        nfa.accept(end);
        if (after) {
            int last = nfa.state();
            nfa.add(end, ' ', ' ', last);
            indent(nfa, end, last);
            nfa.accept(last);
        }
        return nfa.deterministic(200);
    }

    private static void indent(ByteNfa nfa, int from, int to) {
        int at = nfa.text(from, "\n");
        nfa.free(at, to);
        for (int i = 0; i < MAX_INDENT; i++) {
            at = nfa.text(at, " ");
            nfa.free(at, to);
        }
    }

    /** One of some JSON texts. */
    Node texts(Collection<String> texts, int limit) {
        ByteNfa nfa = new ByteNfa();
        for (String text : texts) {
            requireWritable(text);
            nfa.accept(nfa.text(0, text));
        }
        return grammar.text(nfa.deterministic(limit));
    }

    /** Any string. */
    Node string() {
        Node known = string;
        if (known == null) {
            known = grammar.text(JsonStrings.any(alphabet));
            string = known;
        }
        return known;
    }

    private ByteDfa plain() {
        ByteDfa known = plain;
        if (known == null) {
            known = JsonStrings.plain(alphabet);
            plain = known;
        }
        return known;
    }

    /**
     * A string with bounds of its number of characters.
     *
     * @param max -1 for no limit
     */
    Node string(int min, int max) {
        Node quote = grammar.text(ByteDfa.text("\""));
        Node character = grammar.text(JsonStrings.character(alphabet));
        return grammar.sequence(quote, grammar.repeat(character, min, max), quote);
    }

    /** Any value. */
    Node any() {
        Rule known = anything;
        if (known == null) {
            known = grammar.rule();
            anything = known;
            known.define(grammar.oneOf(List.of(
                    string(),
                    grammar.text(NumberTexts.between(null, null, ANY_FRACTION)),
                    texts(List.of("true", "false", "null"), 20),
                    object(List.of(), known),
                    array(List.of(), known, 0, -1))));
        }
        return known;
    }

    /** A property that an object may or must have. */
    record Property(String name, Node value, boolean required) {}

    /**
     * An object with these properties in this order, and other properties after them.
     *
     * @param additional value of the other properties; null for none
     */
    Graph object(List<Property> properties, @Nullable Node additional) {
        Graph graph = grammar.graph(true);
        int n = properties.size();
        int[] fields = new int[n + 1];
        int[] after = new int[n + 1];
        for (int i = 0; i <= n; i++) {
            fields[i] = graph.state();
            after[i] = graph.state();
        }
        int end = graph.state();
        graph.end(end);
        graph.add(0, openObject, fields[0]);
        if (properties.stream().noneMatch(Property::required)) {
            int empty = graph.state();
            graph.add(0, openObject, empty);
            graph.add(empty, closeObject, end);
        }
        List<byte[]> names = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            Property property = properties.get(i);
            String name = quoted(property.name());
            requireWritable(name);
            names.add(name.getBytes(StandardCharsets.UTF_8));
            field(graph, fields[i], grammar.text(ByteDfa.text(name)), property.value(), after[i + 1]);
            if (!property.required()) {
                graph.free(fields[i], fields[i + 1]);
            }
        }
        boolean more = false;
        for (int i = n; i >= 0; i--) {
            more |= i < n && properties.get(i).required();
            graph.add(after[i], comma, fields[i]);
            if (!more) {
                graph.add(after[i], closeObject, end);
            }
        }
        if (additional != null) {
            field(graph, fields[n], grammar.text(plain().without(names)), additional, after[n]);
        }
        return graph;
    }

    private void field(Graph graph, int from, Node name, Node value, int to) {
        int named = graph.state();
        int separated = graph.state();
        graph.add(from, name, named);
        graph.add(named, colon, separated);
        graph.add(separated, value, to);
    }

    /** A string in quotes, with escapes only where JSON requires them. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(point -> {
            int letter = "\b\t\n\f\r\"\\".indexOf(point);
            if (letter >= 0) {
                quoted.append('\\').append("btnfr\"\\".charAt(letter));
            } else if (point < 0x20) {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", point));
            } else {
                quoted.appendCodePoint(point);
            }
        });
        return quoted.append('"').toString();
    }

    /**
     * An array.
     *
     * @param prefix its first items
     * @param rest its other items; null for none
     * @param max most items; -1 for no limit
     */
    Graph array(List<Node> prefix, @Nullable Node rest, int min, int max) {
        Graph graph = grammar.graph(true);
        int end = graph.state();
        graph.end(end);
        int at = graph.state();
        graph.add(0, openArray, at);
        int count = 0;
        while (true) {
            if (count >= min) {
                graph.add(at, closeArray, end);
            }
            Node item = count < prefix.size() ? prefix.get(count) : rest;
            if (item == null || (max >= 0 && count >= max)) {
                return graph;
            }
            if (count > 0 && count >= prefix.size()) {
                Node more = grammar.repeat(
                        grammar.sequence(comma, item), Math.max(1, min - count), max < 0 ? -1 : max - count);
                int last = graph.state();
                graph.add(at, more, last);
                graph.add(last, closeArray, end);
                return graph;
            }
            int next = graph.state();
            int begun = at;
            if (count > 0) {
                begun = graph.state();
                graph.add(at, comma, begun);
            }
            graph.add(begun, item, next);
            at = next;
            count++;
        }
    }
}
