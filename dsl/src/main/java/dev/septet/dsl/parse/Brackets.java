package dev.septet.dsl.parse;

import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.SourceLocation;
import dev.septet.dsl.problem.SourceText;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the open brackets. When one is not closed, Groovy reports the end of the file, but this class reports the
 * bracket.
 */
final class Brackets {
    private final Problems problems;
    private final Deque<Open> open = new ArrayDeque<>();
    private @Nullable Open candidate;

    Brackets(Problems problems) {
        this.problems = problems;
    }

    private record Open(char bracket, SourceLocation at) {}

    /** Records an opening bracket; false when the nesting is too deep. */
    boolean open(int bracket, SourceLocation at) {
        open.push(new Open((char) bracket, at));
        if (open.size() > FileLimits.DEPTH) {
            problems.add(
                    ProblemId.LIMIT, at, "brackets nest deeper here than " + FileLimits.DEPTH + ", which is the limit");
            return false;
        }
        return true;
    }

    /** Records a closing bracket; false when there is no opening bracket or another kind is open. */
    boolean close(int bracket, SourceLocation at) {
        Open partner = open.poll();
        if (partner == null) {
            problems.add(
                    ProblemId.SYNTAX,
                    at,
                    "this `%c` closes nothing".formatted((char) bracket),
                    "Remove it, or open what it closes.");
            return false;
        }
        if (closer(partner.bracket()) != bracket) {
            problems.add(
                    ProblemId.SYNTAX,
                    partner.at(),
                    String.format(
                            Locale.ROOT,
                            "this `%c` is never closed: `%c` comes first, in line %d",
                            partner.bracket(),
                            (char) bracket,
                            at.line()),
                    "Close it with `%c`.".formatted(closer(partner.bracket())));
            return false;
        }
        // A brace that is indented less than the line of its opening brace probably closes an outer one.
        if (candidate == null && bracket == '}' && leads(at) && at.column() - 1 < indent(partner.at())) {
            candidate = partner;
        }
        return true;
    }

    /** Reports a bracket that is still open at the end of the file. */
    void end() {
        Open innermost = open.peek();
        if (innermost != null) {
            Open unclosed = candidate == null ? innermost : candidate;
            problems.add(
                    ProblemId.SYNTAX,
                    unclosed.at(),
                    "this `%c` is never closed".formatted(unclosed.bracket()),
                    "Close it with `%c`.".formatted(closer(unclosed.bracket())));
        }
    }

    private boolean leads(SourceLocation at) {
        return indent(at) == at.column() - 1;
    }

    private int indent(SourceLocation at) {
        SourceText source = problems.source();
        String line = source.line(at.line());
        return line.length() - line.stripLeading().length();
    }

    private static char closer(char bracket) {
        return switch (bracket) {
            case '(' -> ')';
            case '[' -> ']';
            default -> '}';
        };
    }
}
