package dev.septet.dsl.parse;

import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.SourceLocation;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Scans a file's texts, numbers and brackets before Groovy's parser. It rejects input that would stall the parser or
 * that the parser would not report. It stops at the first rejection.
 */
final class PreScan {
    /** Words after which Groovy parses {@code /} as the start of a text. */
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

    /** Whether the last token is a value, so that {@code /} is a division. */
    private boolean afterValue;

    /** The comma that is the last token, if only white space and line ends followed it. */
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

    /** Scans the source and adds the problems that it finds. */
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

    /** Reports the comma itself, because Groovy would report another position. */
    private boolean refuseComma(SourceLocation at) {
        problems.add(
                ProblemId.SYNTAX, at, "a value is missing after this comma", "Remove the comma, or add the value.");
        return false;
    }

    /** Scans one token; false when it was rejected. */
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
                    "this line has more than " + FileLimits.LINE_TOKENS + " words and signs, which is the limit");
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
                    "the file has more than " + FileLimits.STATEMENTS + " statements, which is the limit");
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
                    "this number has more than " + FileLimits.NUMBER_CHARACTERS + " characters, which is the limit");
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

    /** Whether the slash begins a text, as in {@code model /models/}: it has a space before it and none after it. */
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
