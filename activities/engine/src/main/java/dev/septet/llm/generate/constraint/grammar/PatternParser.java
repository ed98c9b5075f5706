package dev.septet.llm.generate.constraint.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads the regular expressions that JSON schemas use for strings: characters, classes, groups,
 * alternatives, repetitions with bounds, and anchors at the ends. Lookaround, back references and
 * word boundaries are refused. As in a schema, a pattern without anchors may match anywhere.
 *
 * @see <a href="https://json-schema.org/understanding-json-schema/reference/regular_expressions">
 *     Regular expressions in JSON Schema</a>
 */
public final class PatternParser {
    private static final int MAX_LENGTH = 2_000;
    private static final int MAX_REPETITIONS = 1_000;
    private static final int MAX_GROUPS = 50;
    private static final CharRanges DIGITS = CharRanges.range('0', '9');
    private static final CharRanges WORD =
            DIGITS.or(CharRanges.range('A', 'Z')).or(CharRanges.range('a', 'z')).or(CharRanges.of("_"));

    /** The dialects differ in what is a space: these are spaces in all of them. */
    private static final CharRanges SPACE = CharRanges.of(" \t\n\u000B\f\r");

    /** These are spaces in one of the dialects. */
    private static final CharRanges ANY_SPACE =
            SPACE.or(CharRanges.of("\u0085\u00A0\u1680\u2028\u2029\u202F\u205F\u3000\uFEFF\u180E")
                    .or(CharRanges.range(0x2000, 0x200A)));

    private static final CharRanges DOT =
            CharRanges.of("\n\r\u0085\u2028\u2029").not();

    private final String pattern;
    private final CharNfa nfa = new CharNfa();
    private int at;
    private int groups;
    private int depth;

    private PatternParser(String pattern) {
        this.pattern = pattern;
    }

    /**
     * The JSON strings that match a pattern, in quotes.
     *
     * @param min fewest characters
     * @param max most characters; -1 for no limit
     * @param alphabet characters that can be written
     * @param limit most states
     * @throws GrammarProblem when the pattern is not supported, too large, or matches nothing
     */
    public static ByteDfa strings(String pattern, int min, int max, CharRanges alphabet, int limit) {
        return JsonStrings.quoted(new PatternParser(pattern).parse().withLength(min, max), alphabet, limit);
    }

    private CharNfa parse() {
        if (pattern.length() > MAX_LENGTH) {
            throw new GrammarProblem("has more than " + MAX_LENGTH + " characters");
        }
        int start = nfa.state();
        int end = nfa.state();
        nfa.accept(end);
        alternatives(start, end, true);
        if (at < pattern.length()) {
            throw problem("an unmatched ')'");
        }
        return nfa;
    }

    /** Alternatives up to the end or a closing parenthesis. */
    private void alternatives(int from, int to, boolean top) {
        do {
            int start = from;
            boolean anchored = false;
            if (top) {
                anchored = take('^');
                if (!anchored) {
                    start = nfa.state();
                    nfa.free(from, start);
                    nfa.add(start, CharRanges.ALL, start);
                }
            }
            int state = nfa.state();
            nfa.free(start, state);
            boolean closed = false;
            while (at < pattern.length() && peek() != '|' && peek() != ')') {
                if (top && peek() == '$') {
                    at++;
                    closed = true;
                    if (at < pattern.length() && peek() != '|') {
                        throw problem("'$' before the end");
                    }
                    break;
                }
                state = repeated(state);
            }
            if (top && !closed) {
                nfa.add(state, CharRanges.ALL, state);
            }
            nfa.free(state, to);
        } while (take('|'));
    }

    /** An atom with its repetition; returns the state after it. */
    private int repeated(int from) {
        int edge = nfa.edges(from).size();
        int first = nfa.states();
        int next = atom(from);
        int end = nfa.states();
        int edges = nfa.edges(from).size();
        int[] bounds = bounds();
        if (bounds.length == 0) {
            return next;
        }
        boolean lazy = take('?'); // the set of texts is the same
        if (!lazy && at < pattern.length() && peek() == '+') {
            throw problem("a possessive repetition");
        }
        int state = from;
        int[] ends = new int[Math.max(1, bounds[1] < 0 ? bounds[0] : bounds[1]) + 1];
        ends[0] = from;
        for (int i = 1; i < ends.length; i++) {
            state = i == 1 ? next : next + nfa.copy(from, edge, edges, first, next, end, state);
            ends[i] = state;
        }
        int result = nfa.state();
        int last = bounds[1] < 0 ? ends.length - 1 : bounds[1];
        for (int i = bounds[0]; i <= last; i++) {
            nfa.free(ends[i], result);
        }
        if (bounds[1] < 0) {
            // One more copy, which repeats.
            int loop = nfa.state();
            nfa.free(result, loop);
            int looped = next + nfa.copy(from, edge, edges, first, next, end, loop);
            nfa.free(looped, result);
        }
        return result;
    }

    /** {min, max} of a repetition, max -1 for no limit; empty for no repetition. */
    private int[] bounds() {
        if (at >= pattern.length()) {
            return new int[0];
        }
        return switch (peek()) {
            case '*' -> bounds(0, -1);
            case '+' -> bounds(1, -1);
            case '?' -> bounds(0, 1);
            case '{' -> {
                at++;
                int min = number();
                int max = min;
                if (take(',')) {
                    max = at < pattern.length() && peek() == '}' ? -1 : number();
                }
                if (!take('}') || (max >= 0 && max < min)) {
                    throw problem("a repetition that is not {n}, {n,} or {n,m}");
                }
                yield new int[] {min, max};
            }
            default -> new int[0];
        };
    }

    private int[] bounds(int min, int max) {
        at++;
        return new int[] {min, max};
    }

    private int number() {
        int start = at;
        while (at < pattern.length() && peek() >= '0' && peek() <= '9' && at - start < 5) {
            at++;
        }
        if (at == start) {
            throw problem("a repetition that is not {n}, {n,} or {n,m}");
        }
        int value = Integer.parseInt(pattern.substring(start, at));
        if (value > MAX_REPETITIONS) {
            throw problem("a repetition of more than " + MAX_REPETITIONS);
        }
        return value;
    }

    private int atom(int from) {
        int point = pattern.codePointAt(at);
        return switch (point) {
            case '(' -> group(from);
            case '[' -> {
                at++;
                yield chars(from, charClass());
            }
            case '.' -> {
                at++;
                yield chars(from, DOT);
            }
            case '\\' -> chars(from, escape(false));
            case '*', '+', '?', '{', ')' -> throw problem("a '" + (char) point + "' without something to repeat");
            case '^', '$' -> throw problem("an anchor '" + (char) point + "' inside the pattern");
            default -> {
                at += Character.charCount(point);
                yield chars(from, CharRanges.range(point, point));
            }
        };
    }

    private int chars(int from, CharRanges chars) {
        int to = nfa.state();
        nfa.add(from, chars, to);
        return to;
    }

    private int group(int from) {
        at++;
        if (++groups > MAX_GROUPS * MAX_REPETITIONS) {
            throw problem("too many groups");
        }
        if (take('?')) {
            if (take('<') && at < pattern.length() && peek() != '=' && peek() != '!') {
                while (at < pattern.length() && peek() != '>') {
                    at++;
                }
                at++;
            } else if (!take(':')) {
                throw problem("a group (?...) other than (?:...)");
            }
        }
        if (depth++ > MAX_GROUPS) {
            throw problem("groups nested too deeply");
        }
        int start = nfa.state();
        nfa.free(from, start);
        int to = nfa.state();
        alternatives(start, to, false);
        depth--;
        if (!take(')')) {
            throw problem("a '(' without its ')'");
        }
        return to;
    }

    private CharRanges charClass() {
        boolean negated = take('^');
        List<int[]> ranges = new ArrayList<>();
        boolean first = true;
        while (true) {
            if (at >= pattern.length()) {
                throw problem("a '[' without its ']'");
            }
            if (peek() == ']' && !first) {
                at++;
                break;
            }
            if (peek() == ']' || peek() == '[' || pattern.startsWith("&&", at)) {
                // The dialects read these differently.
                throw problem("a '" + peek() + "' inside [...] without a backslash");
            }
            first = false;
            CharRanges low = classChar(negated);
            boolean single = low.ranges().size() == 1
                    && low.ranges().get(0)[0] == low.ranges().get(0)[1];
            if (single && at + 1 < pattern.length() && peek() == '-' && pattern.charAt(at + 1) != ']') {
                at++;
                CharRanges high = classChar(negated);
                int from = low.ranges().get(0)[0];
                int to = high.ranges().isEmpty() ? -1 : high.ranges().get(0)[0];
                if (high.ranges().size() != 1 || high.ranges().get(0)[1] != to || to < from) {
                    throw problem("a range in [...] that is not from a lower to a higher character");
                }
                ranges.addAll(CharRanges.range(from, to).ranges());
            } else {
                ranges.addAll(low.ranges());
            }
        }
        CharRanges chars = CharRanges.NONE.or(new CharRanges(ranges));
        CharRanges result = negated ? chars.not() : chars;
        if (result.isEmpty()) {
            throw problem("a class that matches nothing");
        }
        return result;
    }

    private CharRanges classChar(boolean negated) {
        if (peek() == '\\') {
            return escape(negated);
        }
        int point = pattern.codePointAt(at);
        at += Character.charCount(point);
        return CharRanges.range(point, point);
    }

    /**
     * @param wide whether the set will be negated, so that it must be large enough for all dialects
     */
    private CharRanges escape(boolean wide) {
        at++;
        if (at >= pattern.length()) {
            throw problem("a backslash at the end");
        }
        char letter = pattern.charAt(at++);
        return switch (letter) {
            case 'd' -> DIGITS;
            case 'D' -> DIGITS.not();
            case 'w' -> WORD;
            case 'W' -> WORD.not();
            case 's' -> wide ? ANY_SPACE : SPACE;
            case 'S' -> (wide ? SPACE : ANY_SPACE).not();
            case 't' -> CharRanges.of("\t");
            case 'n' -> CharRanges.of("\n");
            case 'r' -> CharRanges.of("\r");
            case 'f' -> CharRanges.of("\f");
            case 'v' -> CharRanges.of("\u000B"); // a set of spaces in one dialect, one character in the other
            case 'x' -> hex(2);
            case 'u' -> hex(4);
            default -> {
                if (letter < 0x80 && !Character.isLetterOrDigit(letter)) {
                    yield CharRanges.range(letter, letter);
                }
                throw problem("'\\" + letter + "'");
            }
        };
    }

    private CharRanges hex(int digits) {
        if (at + digits > pattern.length()) {
            throw problem("an incomplete escape");
        }
        int value;
        try {
            value = Integer.parseInt(pattern.substring(at, at + digits), 16);
        } catch (NumberFormatException e) {
            throw problem("an incomplete escape");
        }
        at += digits;
        CharRanges one = CharRanges.range(value, value);
        if (one.isEmpty()) {
            throw problem("half a surrogate pair");
        }
        return one;
    }

    private char peek() {
        return pattern.charAt(at);
    }

    private boolean take(char expected) {
        boolean found = at < pattern.length() && peek() == expected;
        at += found ? 1 : 0;
        return found;
    }

    private GrammarProblem problem(String what) {
        return new GrammarProblem(
                String.format(Locale.ROOT, "has %s at character %d, which is not supported", what, at + 1));
    }
}
