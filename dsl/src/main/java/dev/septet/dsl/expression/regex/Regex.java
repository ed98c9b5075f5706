package dev.septet.dsl.expression.regex;

import org.jspecify.annotations.Nullable;

/**
 * A regular expression over code points: characters, classes, groups, choices, repetitions (greedy or lazy),
 * {@code ^ $ \b}. {@code (?i)} at its start ignores case. There are no back references and no lookaround, so that the
 * time of a match is at most proportional to pattern length times text length.
 *
 * <p>An unbounded repetition skips empty matches of its part: {@code (|a)*} finds {@code aa} in {@code aab}, where Java
 * finds the empty text. Prepared rows depend on the results and on the number of steps, so both stay (ADR 38).
 */
public final class Regex {
    private final Program.Instruction[] program;

    private Regex(Program.Instruction[] program) {
        this.program = program;
    }

    /**
     * Parses a pattern.
     *
     * @throws RegexProblem when it is not a valid pattern
     */
    public static Regex of(String pattern) {
        return new Regex(Program.of(Reader.read(pattern)));
    }

    /** Whether the whole text matches. */
    public boolean matches(String text, Cost cost) {
        return machine(text, cost).find(0, true);
    }

    /** Whether the text contains a match. */
    public boolean found(String text, Cost cost) {
        return machine(text, cost).find(0, false);
    }

    /** The first match; null when there is none. */
    public @Nullable String first(String text, Cost cost) {
        int[] points = text.codePoints().toArray();
        var machine = new Machine(program, points, cost);
        return machine.find(0, false) ? new String(points, machine.start(), machine.end() - machine.start()) : null;
    }

    /** The text with every match replaced, from left to right; the replacement is plain text. */
    public String replaceAll(String text, String replacement, Cost cost) {
        int[] points = text.codePoints().toArray();
        var machine = new Machine(program, points, cost);
        var out = new StringBuilder();
        int done = 0;
        int from = 0;
        while (from <= points.length && machine.find(from, false)) {
            cost.add(replacement.length() + program.length);
            out.append(new String(points, done, machine.start() - done)).append(replacement);
            done = machine.end();
            // After an empty match the search continues one code point later, so that the match is found once.
            from = machine.end() > machine.start() ? machine.end() : machine.end() + 1;
        }
        return out.append(new String(points, done, points.length - done)).toString();
    }

    private Machine machine(String text, Cost cost) {
        return new Machine(program, text.codePoints().toArray(), cost);
    }
}
