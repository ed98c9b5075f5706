package dev.septet.dsl.vocabulary.word;

import dev.septet.dsl.pipeline.ChannelSpec;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.dsl.pipeline.track.TrackerSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.vocabulary.ExtensibleChoice;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The type of a value that a word takes.
 *
 * @param java the class of the value; of one item, when the word takes several
 * @param choices the bare words of a jar's option; empty where an enum has them
 * @param open whether jars may add bare words to the enum's
 */
public record ValueType(Kind kind, Class<?> java, List<String> choices, boolean open) {
    private static final Set<Class<?>> EXTENSIBLE =
            Set.of(MethodSpec.class, BackEndSpec.class, TargetSpec.class, ChannelSpec.class, TrackerSpec.class);

    /** Kinds of values that an author writes. */
    public enum Kind {
        WHOLE_NUMBER,
        NUMBER,
        TEXT,
        TRUTH,
        DURATION,
        PERCENT,
        DATA_SIZE,
        STEPS,
        SPAN,
        /** A name from a closed list, written without quotes. */
        NOUN,
        /** A word with its own values, such as {@code lora { rank 16 }}. */
        WORD,
        /** Several texts: {@code ['a', 'b']}. */
        TEXTS,
        /** Several names from a closed list: {@code [finished, failed]}. A single name needs no brackets. */
        NOUNS,
        /** Several words with their own values: {@code [model('a'), model('b')]}. A single word needs no brackets. */
        WORDS,
        /** A number of rows: {@code 200.rows}. */
        ROWS,
        /** A number of times in a period: {@code 2.perWeek}. */
        FREQUENCY,
        /** An expression over a row: {@code { row.answer.length() > 20 }}. */
        EXPRESSION,
        /** Expressions under names that the author chooses: {@code answer: { row.answer.trim() }}. */
        EXPRESSIONS,
        /** Texts, numbers, true or false under names that the author chooses: {@code packing: true}. */
        LITERALS,
        /** Texts under names that the author chooses: {@code prompt: 'question'}. */
        NAMED_TEXTS
    }

    public ValueType {
        choices = List.copyOf(choices);
    }

    public ValueType(Kind kind, Class<?> java) {
        this(kind, java, List.of(), false);
    }

    static ValueType of(Type type) {
        if (type instanceof ParameterizedType choice && choice.getRawType() == ExtensibleChoice.class) {
            return new ValueType(Kind.NOUN, (Class<?>) choice.getActualTypeArguments()[0], List.of(), true);
        }
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            var item = (Class<?>) list.getActualTypeArguments()[0];
            return new ValueType(item.isEnum() ? Kind.NOUNS : item == String.class ? Kind.TEXTS : Kind.WORDS, item);
        }
        if (type instanceof ParameterizedType map && map.getRawType() == Map.class) {
            if (map.getActualTypeArguments()[1] == String.class) {
                return new ValueType(Kind.NAMED_TEXTS, String.class);
            }
            return map.getActualTypeArguments()[1] == Object.class
                    ? new ValueType(Kind.LITERALS, Object.class)
                    : new ValueType(Kind.EXPRESSIONS, ExpressionSpec.class);
        }
        var java = (Class<?>) type;
        return new ValueType(kind(java), java);
    }

    /** Whether the author chooses the names of the values. */
    boolean named() {
        return kind == Kind.EXPRESSIONS || kind == Kind.LITERALS || kind == Kind.NAMED_TEXTS;
    }

    /** Whether jars may add words that it takes. */
    public boolean extensible() {
        return open || EXTENSIBLE.contains(java);
    }

    private static Kind kind(Class<?> java) {
        if (java.isEnum()) {
            return Kind.NOUN;
        } else if (java == int.class || java == Integer.class || java == long.class || java == Long.class) {
            return Kind.WHOLE_NUMBER;
        } else if (java == double.class || java == Double.class || java == BigDecimal.class) {
            return Kind.NUMBER;
        } else if (java == String.class) {
            return Kind.TEXT;
        } else if (java == boolean.class || java == Boolean.class) {
            return Kind.TRUTH;
        } else if (java == Duration.class) {
            return Kind.DURATION;
        } else if (java == Percent.class) {
            return Kind.PERCENT;
        } else if (java == DataSize.class) {
            return Kind.DATA_SIZE;
        } else if (java == StepCount.class) {
            return Kind.STEPS;
        } else if (java == RangeValue.class) {
            return Kind.SPAN;
        } else if (java == RowCount.class) {
            return Kind.ROWS;
        } else if (java == Frequency.class) {
            return Kind.FREQUENCY;
        } else if (java == ExpressionSpec.class) {
            return Kind.EXPRESSION;
        }
        return Kind.WORD;
    }

    /** The names of the closed list; empty for other kinds. */
    public List<String> enumNames() {
        return java.isEnum()
                ? Arrays.stream(java.getEnumConstants())
                        .map(c -> EnumName.of((Enum<?>) c))
                        .toList()
                : choices;
    }

    /** The constant of the closed list with this name. */
    public Optional<Object> enumValue(String name) {
        return java.isEnum()
                ? Arrays.<Object>stream(java.getEnumConstants())
                        .filter(constant -> EnumName.of((Enum<?>) constant).equals(name))
                        .findFirst()
                : choices.stream()
                        .filter(name::equals)
                        .<Object>map(choice -> choice)
                        .findFirst();
    }
}
