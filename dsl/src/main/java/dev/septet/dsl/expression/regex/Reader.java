package dev.septet.dsl.expression.regex;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Parses a pattern by recursive descent. */
final class Reader {
    private static final int MAX_CHARACTERS = 1_000;
    private static final int MAX_DEPTH = 50;
    private static final int MAX_REPEATS = 1_000;
    private static final String REPEATS = "*+?{";

    private final int[] points;
    private boolean ignoreCase;
    private int at;
    private int depth;

    private Reader(String pattern) {
        points = pattern.codePoints().toArray();
        if (points.length > MAX_CHARACTERS) {
            throw new RegexProblem("it has more than " + MAX_CHARACTERS + " characters, which is the limit");
        }
    }

    static Syntax read(String pattern) {
        var reader = new Reader(pattern);
        reader.ignoreCase = reader.accept("(?i)");
        Syntax syntax = reader.choice();
        if (reader.at < reader.points.length) {
            throw new RegexProblem("`)` closes nothing");
        }
        return syntax;
    }

    private Syntax choice() {
        if (++depth > MAX_DEPTH) {
            throw new RegexProblem("it nests deeper than " + MAX_DEPTH + ", which is the limit");
        }
        List<Syntax> branches = new ArrayList<>(List.of(sequence()));
        while (accept("|")) {
            branches.add(sequence());
        }
        depth--;
        return branches.size() == 1 ? branches.get(0) : new Syntax.Choice(branches);
    }

    private Syntax sequence() {
        List<Syntax> parts = new ArrayList<>();
        while (at < points.length && points[at] != '|' && points[at] != ')') {
            parts.add(repeats(piece()));
        }
        return new Syntax.Sequence(parts);
    }

    private Syntax repeats(Syntax piece) {
        if (at == points.length || REPEATS.indexOf(points[at]) < 0) {
            return piece;
        }
        int sign = points[at++];
        int min = sign == '+' ? 1 : 0;
        int max = sign == '?' ? 1 : Syntax.Repeat.NO_END;
        if (sign == '{') {
            min = count();
            max = accept(",") ? (peek() == '}' ? Syntax.Repeat.NO_END : count()) : min;
            expect("}");
            if (max != Syntax.Repeat.NO_END && max < min) {
                throw new RegexProblem(String.format(Locale.ROOT, "`{%d,%d}` counts backwards", min, max));
            }
        }
        boolean greedy = !accept("?");
        if (at < points.length && REPEATS.indexOf(points[at]) >= 0) {
            throw new RegexProblem("`%c` follows another repetition".formatted(points[at]));
        }
        return new Syntax.Repeat(piece, min, max, greedy);
    }

    private int count() {
        int number = 0;
        int start = at;
        while (at < points.length && Sets.DIGIT.test(points[at]) && number <= MAX_REPEATS) {
            number = 10 * number + points[at++] - '0';
        }
        if (start == at) {
            throw new RegexProblem("`{` needs a count, or `\\{` for the character");
        }
        if (number > MAX_REPEATS) {
            throw new RegexProblem("it repeats more than " + MAX_REPEATS + " times, which is the limit");
        }
        return number;
    }

    private Syntax piece() {
        int point = points[at++];
        return switch (point) {
            case '(' -> group();
            case '[' -> new Syntax.CharacterClass(folded(brackets()));
            case '.' -> new Syntax.CharacterClass(Sets.NOT_LINE_END);
            case '^' -> new Syntax.Assertion(Syntax.Assertion.Kind.START);
            case '$' -> new Syntax.Assertion(Syntax.Assertion.Kind.END);
            case '\\' -> escape();
            case '*', '+', '?', '{' -> throw new RegexProblem("`%c` has nothing to repeat".formatted(point));
            default -> one(point);
        };
    }

    private Syntax group() {
        if (peek() == '?' && !accept("?:")) {
            throw new RegexProblem("`(?` begins only `(?:...)`; lookahead and lookbehind are not supported");
        }
        Syntax inner = choice();
        expect(")");
        return inner;
    }

    private Syntax escape() {
        switch (peek()) {
            case 'b' -> {
                at++;
                return new Syntax.Assertion(Syntax.Assertion.Kind.WORD_BOUNDARY);
            }
            case 'B' -> {
                at++;
                return new Syntax.Assertion(Syntax.Assertion.Kind.NOT_WORD_BOUNDARY);
            }
            default -> {
                return new Syntax.CharacterClass(folded(escapedSet()));
            }
        }
    }

    /** The set after a backslash, inside or outside of brackets. */
    private IntPredicate escapedSet() {
        int point = peek();
        at++;
        return switch (point) {
            case 'd' -> Sets.DIGIT;
            case 'D' -> Sets.DIGIT.negate();
            case 'w' -> Sets.WORD;
            case 'W' -> Sets.WORD.negate();
            case 's' -> Sets.SPACE;
            case 'S' -> Sets.SPACE.negate();
            case 'p' -> category();
            case 'P' -> category().negate();
            default -> {
                int literal = literal(point);
                yield other -> other == literal;
            }
        };
    }

    private IntPredicate category() {
        expect("{");
        var name = new StringBuilder();
        while (at < points.length && points[at] != '}') {
            name.appendCodePoint(points[at++]);
        }
        expect("}");
        return Sets.category(name.toString());
    }

    private static int literal(int escaped) {
        return switch (escaped) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'f' -> '\f';
            default -> {
                if (escaped < 0 || Sets.WORD.test(escaped)) {
                    throw new RegexProblem(
                            escaped < 0 ? "it ends with a backslash" : "`\\%c` is not known".formatted(escaped));
                }
                yield escaped;
            }
        };
    }

    private IntPredicate brackets() {
        boolean negated = accept("^");
        IntPredicate set = point -> false;
        boolean first = true;
        while (first || peek() != ']') {
            if (peek() < 0) {
                throw new RegexProblem("`[` is never closed");
            }
            set = set.or(item());
            first = false;
        }
        at++;
        return negated ? folded(set).negate() : set;
    }

    private IntPredicate item() {
        int low = points[at++];
        if (low == '[' || (low == '&' && peek() == '&')) {
            throw new RegexProblem("`[` inside brackets is written `\\[`, and `&&` is not supported");
        }
        if (low == '\\') {
            if ("dDwWsSpP".indexOf(peek()) >= 0) {
                return escapedSet();
            }
            low = literal(peek());
            at++;
        }
        if (peek() != '-' || at + 1 >= points.length || points[at + 1] == ']') {
            return Sets.range(low, low);
        }
        at++;
        int high = points[at++];
        if (high == '\\') {
            high = literal(peek());
            at++;
        }
        if (high < low) {
            throw new RegexProblem("`%c-%c` counts backwards".formatted(low, high));
        }
        return Sets.range(low, high);
    }

    private Syntax one(int point) {
        return new Syntax.CharacterClass(folded(Sets.range(point, point)));
    }

    private IntPredicate folded(IntPredicate set) {
        return ignoreCase ? Sets.ignoringCase(set) : set;
    }

    private int peek() {
        return at < points.length ? points[at] : -1;
    }

    private boolean accept(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (at + i >= points.length || points[at + i] != text.charAt(i)) {
                return false;
            }
        }
        at += text.length();
        return true;
    }

    private void expect(String text) {
        if (!accept(text)) {
            throw new RegexProblem("`%s` is missing".formatted(text));
        }
    }
}
