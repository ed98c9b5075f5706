package dev.septet.dsl.bind;

import dev.septet.dsl.vocabulary.word.DataSize;
import dev.septet.dsl.vocabulary.word.Frequency;
import dev.septet.dsl.vocabulary.word.LiteralText;
import dev.septet.dsl.vocabulary.word.Percent;
import dev.septet.dsl.vocabulary.word.RangeValue;
import dev.septet.dsl.vocabulary.word.RowCount;
import dev.septet.dsl.vocabulary.word.StepCount;
import dev.septet.dsl.vocabulary.word.ValueType;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Converts a value of the language to the Java class that a word's method takes. */
final class ValueFitting {
    private ValueFitting() {}

    /**
     * The result of a conversion.
     *
     * @param instead a description of the value, when its kind alone does not explain the mismatch
     */
    record Fitted(Optional<Object> value, String instead) {}

    static Fitted to(ValueType type, Object value) {
        return switch (type.kind()) {
            case WHOLE_NUMBER -> whole(type.java(), value);
            case NUMBER -> number(type.java(), value);
            case TEXT, NAMED_TEXTS -> sameIf(value instanceof String, value);
            case TRUTH -> sameIf(value instanceof Boolean, value);
            case DURATION -> sameIf(value instanceof Duration, value);
            case PERCENT -> sameIf(value instanceof Percent, value);
            case DATA_SIZE -> sameIf(value instanceof DataSize, value);
            case STEPS -> sameIf(value instanceof StepCount, value);
            case SPAN -> sameIf(value instanceof RangeValue, value);
            case ROWS -> sameIf(value instanceof RowCount, value);
            case FREQUENCY -> sameIf(value instanceof Frequency, value);
            case TEXTS ->
                sameIf(value instanceof List<?> list && list.stream().allMatch(String.class::isInstance), value);
            case LITERALS -> literal(value);
            case NOUN, NOUNS, WORD, WORDS, EXPRESSION, EXPRESSIONS ->
                throw new IllegalArgumentException("no plain value: " + type);
        };
    }

    /** Whole numbers become {@code Long}, others {@code Double}. */
    private static Fitted literal(Object value) {
        return value instanceof BigDecimal number
                ? number.stripTrailingZeros().scale() <= 0 ? whole(Long.class, value) : number(Double.class, value)
                : sameIf(value instanceof String || value instanceof Boolean, value);
    }

    private static Fitted sameIf(boolean fits, Object value) {
        return new Fitted(fits ? Optional.of(value) : Optional.empty(), "");
    }

    private static Fitted whole(Class<?> java, Object value) {
        if (!(value instanceof BigDecimal number)) {
            return new Fitted(Optional.empty(), "");
        }
        boolean small = java == int.class || java == Integer.class;
        try {
            // Two steps, because Java would widen the smaller type if one expression had both.
            if (small) {
                return new Fitted(Optional.of(number.intValueExact()), "");
            }
            return new Fitted(Optional.of(number.longValueExact()), "");
        } catch (ArithmeticException e) {
            boolean fraction = number.stripTrailingZeros().scale() > 0;
            long max = small ? Integer.MAX_VALUE : Long.MAX_VALUE;
            return new Fitted(Optional.empty(), fraction ? "" : LiteralText.of(number) + ", which is beyond " + max);
        }
    }

    private static Fitted number(Class<?> java, Object value) {
        if (!(value instanceof BigDecimal number)) {
            return new Fitted(Optional.empty(), "");
        }
        if (java == BigDecimal.class) {
            return new Fitted(Optional.of(number), "");
        }
        return new Fitted(Optional.of(number.doubleValue()), "");
    }
}
