package dev.septet.dsl.expression.regex;

import java.util.Map;
import java.util.function.IntPredicate;

/** Named sets of code points in patterns. */
final class Sets {
    static final IntPredicate DIGIT = point -> point >= '0' && point <= '9';
    static final IntPredicate WORD = point ->
            (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z') || DIGIT.test(point) || point == '_';
    static final IntPredicate SPACE = point -> point == ' ' || (point >= '\t' && point <= '\r');
    static final IntPredicate NOT_LINE_END =
            point -> point != '\n' && point != '\r' && point != 0x85 && point != 0x2028 && point != 0x2029;

    /** Unicode's general categories, as {@code \p{...}} names them. */
    private static final Map<String, IntPredicate> CATEGORIES = Map.of(
            "L", Character::isLetter,
            "Lu", Character::isUpperCase,
            "Ll", Character::isLowerCase,
            "N", point -> within(point, Character.DECIMAL_DIGIT_NUMBER, 3),
            "P", Sets::isPunctuation,
            "S", point -> within(point, Character.MATH_SYMBOL, 4),
            "Z", point -> within(point, Character.SPACE_SEPARATOR, 3));

    private Sets() {}

    static IntPredicate category(String name) {
        IntPredicate set = CATEGORIES.get(name);
        if (set == null) {
            throw new RegexProblem("`\\p{%s}` is not known; known are L, Lu, Ll, N, P, S, Z".formatted(name));
        }
        return set;
    }

    static IntPredicate range(int first, int last) {
        return point -> point >= first && point <= last;
    }

    static IntPredicate ignoringCase(IntPredicate set) {
        return point ->
                set.test(point) || set.test(Character.toLowerCase(point)) || set.test(Character.toUpperCase(point));
    }

    /**
     * Whether the category of the code point is one of {@code count} consecutive values of {@link Character#getType}
     * from {@code first} on.
     */
    private static boolean within(int point, byte first, int count) {
        int type = Character.getType(point);
        return type >= first && type < first + count;
    }

    private static boolean isPunctuation(int point) {
        int type = Character.getType(point);
        return (type >= Character.DASH_PUNCTUATION && type <= Character.OTHER_PUNCTUATION)
                || type == Character.INITIAL_QUOTE_PUNCTUATION
                || type == Character.FINAL_QUOTE_PUNCTUATION;
    }
}
