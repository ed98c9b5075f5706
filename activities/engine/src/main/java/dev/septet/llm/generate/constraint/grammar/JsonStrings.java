package dev.septet.llm.generate.constraint.grammar;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;

/**
 * The JSON form of characters and strings. Strings with given characters have one form only: an
 * escape only where JSON requires it. Strings without rules also take every other escape.
 */
public final class JsonStrings {
    private static final CharRanges CONTROL = CharRanges.range(0, 0x1F);
    private static final CharRanges ESCAPED = CONTROL.or(CharRanges.of("\"\\"));
    private static final String SHORT = "\b\t\n\f\r\"\\";
    private static final String LETTERS = "btnfr\"\\";

    /** Vocabularies with few characters list each of them. */
    private static final int MAX_STATES = 8_000;

    /** Most ranges of characters at all steps of a pattern together. */
    private static final int MAX_RANGES = 100_000;

    private JsonStrings() {}

    /**
     * The strings whose characters an automaton takes, in quotes.
     *
     * @param alphabet characters that can be written
     * @param limit most states
     */
    static ByteDfa quoted(CharNfa chars, CharRanges alphabet, int limit) {
        ByteNfa bytes = new ByteNfa();
        IdentityHashMap<CharRanges, CharRanges> known = new IdentityHashMap<>();
        long ranges = 0;
        int[] states = new int[chars.states()];
        for (int i = 0; i < states.length; i++) {
            states[i] = bytes.state();
        }
        bytes.add(0, '"', '"', states[0]);
        int end = bytes.state();
        bytes.accept(end);
        bytes.add(states[chars.accept()], '"', '"', end);
        for (int state = 0; state < states.length; state++) {
            for (CharNfa.Edge edge : chars.edges(state)) {
                if (edge.free()) {
                    bytes.free(states[state], states[edge.to()]);
                } else {
                    CharRanges writable = known.computeIfAbsent(edge.chars(), alphabet::and);
                    ranges += writable.ranges().size() + 1;
                    if (ranges > MAX_RANGES) {
                        throw new GrammarProblem("takes too long to compile; make it smaller");
                    }
                    encode(bytes, states[state], writable, states[edge.to()]);
                }
            }
        }
        return bytes.deterministic(limit);
    }

    /** Any string in quotes, in the form that has escapes only where JSON requires them. */
    public static ByteDfa plain(CharRanges alphabet) {
        ByteNfa bytes = new ByteNfa();
        int inside = bytes.state();
        int end = bytes.state();
        bytes.add(0, '"', '"', inside);
        encode(bytes, inside, alphabet, inside);
        bytes.add(inside, '"', '"', end);
        bytes.accept(end);
        return bytes.deterministic(MAX_STATES);
    }

    /** Any string in quotes, with every escape that JSON has. */
    public static ByteDfa any(CharRanges alphabet) {
        ByteNfa bytes = new ByteNfa();
        int inside = bytes.state();
        int end = bytes.state();
        bytes.add(0, '"', '"', inside);
        anyChar(bytes, inside, alphabet, inside);
        bytes.add(inside, '"', '"', end);
        bytes.accept(end);
        return bytes.deterministic(MAX_STATES);
    }

    /** One character of a string, with every escape that JSON has. */
    public static ByteDfa character(CharRanges alphabet) {
        ByteNfa bytes = new ByteNfa();
        int end = bytes.state();
        anyChar(bytes, 0, alphabet, end);
        bytes.accept(end);
        return bytes.deterministic(MAX_STATES);
    }

    private static void encode(ByteNfa bytes, int from, CharRanges chars, int to) {
        bytes.chars(from, chars.and(ESCAPED.not()), to);
        for (int[] range : chars.and(ESCAPED).ranges()) {
            for (int point = range[0]; point <= range[1]; point++) {
                int letter = SHORT.indexOf(point);
                String escape =
                        letter >= 0 ? "\\" + LETTERS.charAt(letter) : String.format(Locale.ROOT, "\\u%04x", point);
                bytes.free(bytes.text(from, escape), to);
            }
        }
    }

    private static void anyChar(ByteNfa bytes, int from, CharRanges alphabet, int to) {
        bytes.chars(from, alphabet.and(ESCAPED.not()), to);
        int escape = bytes.state();
        bytes.add(from, '\\', '\\', escape);
        for (char letter : "\"\\/bfnrt".toCharArray()) {
            bytes.add(escape, letter, letter, to);
        }
        int unicode = bytes.state();
        bytes.add(escape, 'u', 'u', unicode);
        // A character of the basic plane, without surrogates.
        int second = bytes.state();
        int last = bytes.state();
        for (int[] digits : List.of(
                new int[] {'0', '9'}, new int[] {'a', 'c'}, new int[] {'A', 'C'}, new int[] {'e', 'f'}, new int[] {
                    'E', 'F'
                })) {
            bytes.add(unicode, digits[0], digits[1], second);
        }
        hex(bytes, second, last);
        int surrogate = bytes.state();
        bytes.add(unicode, 'd', 'd', surrogate);
        bytes.add(unicode, 'D', 'D', surrogate);
        bytes.add(surrogate, '0', '7', last);
        int third = bytes.state();
        hex(bytes, last, third);
        hex(bytes, third, to);
        // A pair of surrogates is one character.
        int pair = bytes.state();
        for (int[] digits : List.of(new int[] {'8', '9'}, new int[] {'a', 'b'}, new int[] {'A', 'B'})) {
            bytes.add(surrogate, digits[0], digits[1], pair);
        }
        int high = bytes.state();
        int low = bytes.state();
        hex(bytes, pair, high);
        hex(bytes, high, low);
        for (String d : List.of("d", "D")) {
            int at = bytes.text(low, "\\u" + d);
            int tail = bytes.state();
            for (int[] digits : List.of(new int[] {'c', 'f'}, new int[] {'C', 'F'})) {
                bytes.add(at, digits[0], digits[1], tail);
            }
            int end = bytes.state();
            hex(bytes, tail, end);
            hex(bytes, end, to);
        }
    }

    private static void hex(ByteNfa bytes, int from, int to) {
        bytes.add(from, '0', '9', to);
        bytes.add(from, 'a', 'f', to);
        bytes.add(from, 'A', 'F', to);
    }
}
