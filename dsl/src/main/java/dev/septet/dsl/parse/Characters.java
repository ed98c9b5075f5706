package dev.septet.dsl.parse;

import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import java.util.Locale;

/** Rejects characters that a pipeline file may not contain, not even in its texts and comments. */
final class Characters {
    private Characters() {}

    static void check(Problems problems) {
        var cursor = new Cursor(problems.source());
        while (!cursor.atEnd() && problems.count() < Problems.MAX) {
            int point = cursor.peek();
            if (isBidirectional(point)) {
                problems.add(
                        ProblemId.TEXT,
                        cursor.here(1),
                        "the hidden character %s changes the direction of the text around it".formatted(name(point)),
                        "Remove it: the file must show its text in the order in which it runs.");
            } else if (isControl(point)) {
                problems.add(
                        ProblemId.TEXT,
                        cursor.here(1),
                        "the control character %s does not belong in a pipeline file".formatted(name(point)),
                        "Remove it.");
            }
            cursor.advance();
        }
    }

    /** The name of a character, such as {@code U+202E RIGHT-TO-LEFT OVERRIDE}. */
    static String name(int point) {
        String name = Character.getName(point);
        return String.format(Locale.ROOT, "U+%04X%s", point, name == null ? "" : " " + name);
    }

    private static boolean isBidirectional(int point) {
        return point == 0x061C
                || point == 0x200E
                || point == 0x200F
                || (point >= 0x202A && point <= 0x202E)
                || (point >= 0x2066 && point <= 0x2069);
    }

    private static boolean isControl(int point) {
        return Character.isISOControl(point) && point != '\n' && point != '\t';
    }
}
