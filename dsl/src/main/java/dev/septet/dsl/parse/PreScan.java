package dev.septet.dsl.parse;

import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.SourceLocation;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file's texts, numbers and brackets before Groovy's parser does: what would stall the
 * parser, or hide from it, is refused here. Everything after the first refusal stays unread.
 */
final class PreScan {
    /** Words after which Groovy reads {@code /} as the start of a text. */
    private static final Set<String> KEYWORDS = Set.of(
            "as",
            "assert",
            "break",
            "case",
            "continue",
            "def",
            "default",
            "do",
            "else",
            "extends",
            "final",
            "for",
            "if",
            "import",
            "in",
            "instanceof",
            "new",
            "package",
            "return",
            "static",
            "super",
            "switch",
            "throw",
            "try",
            "var",
            "while",
            "yield");

    private final Problems problems;
    private final Cursor cursor;
    private final Brackets brackets;
    private final Texts texts;

    /** Whether what came last is a value, so that {@code /} divides it. */
    private boolean afterValue;

    /** The comma that came last, when nothing but blanks and line ends followed it. */
    private @Nullable SourceLocation comma;

    private boolean inStatement;
    private int statements;
    private int lineTokens;

    private PreScan(Problems problems) {
        this.problems = problems;
        cursor = new Cursor(problems.source());
        brackets = new Brackets(problems);
        texts = new Texts(problems, cursor);
    }

    /** Adds what it finds to the problems. */
    static void check(Problems problems) {
        new PreScan(problems).scan();
    }

    private void scan() {
        if (cursor.startsWith("#!")) {
            skipLine();
        }
        while (!cursor.atEnd()) {
            if (!token()) {
                return;
            }
        }
        if (comma != null) {
            refuseComma(comma);
        }
        brackets.end();
    }

    /** Groovy would point anywhere but at the comma. */
    private boolean refuseComma(SourceLocation at) {
        problems.add(
                ProblemId.SYNTAX, at, "a value is missing after this comma", "Remove the comma, or add the value.");
        return false;
    }

    /** Reads one token; false when it was refused. */
    private boolean token() {
        int point = cursor.peek();
        if (point == '\n' || point == ';') {
            return endOfStatement();
        }
        if (point == ' ' || point == '\t') {
            cursor.advance();
            return true;
        }
        if (cursor.startsWith("//")) {
            skipLine();
            return true;
        }
        if (cursor.startsWith("/*")) {
            return skipComment();
        }
        inStatement = true;
        if (++lineTokens > FileLimits.LINE_TOKENS) {
            return refuse(
                    ProblemId.LIMIT,
                    1,
                    "this line has more than " + FileLimits.LINE_TOKENS + " words and signs, the most a line may have");
        }
        if (comma != null && "})".indexOf(point) >= 0) {
            return refuseComma(comma);
        }
        comma = point == ',' ? cursor.here(1) : null;
        if (point == '\'' || point == '"') {
            afterValue = true;
            return texts.read();
        }
        if (isDigit(point)) {
            return number();
        }
        if (isLetter(point)) {
            return word();
        }
        return symbol(point);
    }

    private boolean endOfStatement() {
        if (inStatement && ++statements > FileLimits.STATEMENTS) {
            return refuse(
                    ProblemId.LIMIT,
                    1,
                    "the file has more than " + FileLimits.STATEMENTS
                            + " statements, the most a pipeline file may have");
        }
        inStatement = false;
        lineTokens = 0;
        afterValue = false;
        cursor.advance();
        return true;
    }

    private void skipLine() {
        while (!cursor.atEnd() && cursor.peek() != '\n') {
            cursor.advance();
        }
    }

    private boolean skipComment() {
        SourceLocation opening = cursor.here(2);
        cursor.advance(2);
        while (!cursor.startsWith("*/")) {
            if (cursor.atEnd()) {
                problems.add(ProblemId.SYNTAX, opening, "this comment is never closed", "Close it with `*/`.");
                return false;
            }
            cursor.advance();
        }
        cursor.advance(2);
        return true;
    }

    private boolean number() {
        int start = cursor.index();
        SourceLocation at = cursor.here(1);
        while (isWordPart(cursor.peek()) || isFraction() || isExponentSign(start)) {
            cursor.advance();
        }
        afterValue = true;
        if (cursor.index() - start > FileLimits.NUMBER_CHARACTERS) {
            problems.add(
                    ProblemId.LIMIT,
                    at,
                    "this number has more than "
                            + FileLimits.NUMBER_CHARACTERS
                            + " characters, the most a number may have");
            return false;
        }
        return true;
    }

    private boolean isFraction() {
        return cursor.peek() == '.' && isDigit(cursor.peek(1));
    }

    private boolean isExponentSign(int start) {
        if (cursor.peek() != '-' && cursor.peek() != '+') {
            return false;
        }
        String read = cursor.since(start);
        return !read.startsWith("0x") && (read.endsWith("e") || read.endsWith("E")) && isDigit(cursor.peek(1));
    }

    private boolean word() {
        int start = cursor.index();
        while (isWordPart(cursor.peek())) {
            cursor.advance();
        }
        afterValue = !KEYWORDS.contains(cursor.since(start));
        return true;
    }

    private boolean symbol(int point) {
        switch (point) {
            case '(', '[', '{' -> {
                if (!brackets.open(point, cursor.here(1))) {
                    return false;
                }
                afterValue = false;
            }
            case ')', ']', '}' -> {
                if (!brackets.close(point, cursor.here(1))) {
                    return false;
                }
                afterValue = true;
            }
            case '/' -> {
                if (!afterValue || beginsText()) {
                    return refuse(
                            ProblemId.NOT_ALLOWED,
                            1,
                            "text between slashes is not part of the language: write it in quotes");
                }
                afterValue = false;
            }
            case '@' -> {
                return refuse(ProblemId.NOT_ALLOWED, 1, "`@` is not allowed in a pipeline file: it has no annotations");
            }
            case '$', '\\', '`', '#' -> {
                return refuse(ProblemId.SYNTAX, 1, "`%c` has no meaning outside quotes".formatted((char) point));
            }
            default -> {
                if (point > 0x7E) {
                    return refuse(
                            ProblemId.TEXT,
                            1,
                            "%s is not allowed outside quotes: words are written with a to z"
                                    .formatted(Characters.name(point)));
                }
                afterValue = false;
            }
        }
        cursor.advance();
        return true;
    }

    /** {@code model /models/}: a slash with a blank before it and none behind divides nothing. */
    private boolean beginsText() {
        return cursor.peek(-1) == ' ' && cursor.peek(1) != ' ';
    }

    private boolean refuse(ProblemId id, int length, String message) {
        problems.add(id, cursor.here(length), message);
        return false;
    }

    private static boolean isDigit(int point) {
        return point >= '0' && point <= '9';
    }

    static boolean isLetter(int point) {
        return (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z') || point == '_';
    }

    static boolean isWordPart(int point) {
        return isLetter(point) || isDigit(point);
    }
}
