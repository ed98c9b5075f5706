package dev.septet.dsl.parse;

import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.SourceLocation;

/** Scans quoted texts: their ends, their lengths, and their {@code ${...}} parts. */
final class Texts {
    private final Problems problems;
    private final Cursor cursor;

    Texts(Problems problems, Cursor cursor) {
        this.problems = problems;
        this.cursor = cursor;
    }

    /** Scans the text that begins here; false when it was rejected. */
    boolean read() {
        char quote = (char) cursor.peek();
        String triple = String.valueOf(quote).repeat(3);
        boolean isTriple = cursor.startsWith(triple);
        String end = isTriple ? triple : String.valueOf(quote);
        SourceLocation opening = cursor.here(end.length());
        int start = cursor.index();
        cursor.advance(end.length());
        while (!cursor.startsWith(end)) {
            if (cursor.atEnd() || (cursor.peek() == '\n' && !isTriple)) {
                problems.add(
                        ProblemId.SYNTAX,
                        opening,
                        "the text that begins here is never closed",
                        "Close it with `%s`.".formatted(end));
                return false;
            }
            if (quote == '"' && cursor.startsWith("${") && !isName()) {
                problems.add(
                        ProblemId.NOT_ALLOWED,
                        cursor.here(2),
                        "only the name of a constant is allowed in `${...}`",
                        "Define the value first: `def name = ...`.");
                return false;
            }
            cursor.advance(cursor.peek() == '\\' ? 2 : 1);
        }
        cursor.advance(end.length());
        if (cursor.index() - start > FileLimits.TEXT_CHARACTERS) {
            problems.add(
                    ProblemId.LIMIT,
                    opening,
                    "this text has more than " + FileLimits.TEXT_CHARACTERS + " characters, which is the limit");
            return false;
        }
        return true;
    }

    private boolean isName() {
        int ahead = 2;
        if (!PreScan.isLetter(cursor.peek(ahead))) {
            return false;
        }
        while (PreScan.isWordPart(cursor.peek(ahead))) {
            ahead++;
        }
        return cursor.peek(ahead) == '}';
    }
}
