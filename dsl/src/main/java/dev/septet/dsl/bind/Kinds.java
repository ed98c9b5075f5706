package dev.septet.dsl.bind;

import dev.septet.dsl.problem.Quote;
import dev.septet.dsl.vocabulary.Words;
import dev.septet.dsl.vocabulary.word.DataSize;
import dev.septet.dsl.vocabulary.word.Frequency;
import dev.septet.dsl.vocabulary.word.LiteralText;
import dev.septet.dsl.vocabulary.word.Percent;
import dev.septet.dsl.vocabulary.word.RangeValue;
import dev.septet.dsl.vocabulary.word.RowCount;
import dev.septet.dsl.vocabulary.word.StepCount;
import dev.septet.dsl.vocabulary.word.ValueType;
import dev.septet.dsl.vocabulary.word.Word;
import dev.septet.dsl.vocabulary.word.WordParameter;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Describes kinds of values, for messages. */
public final class Kinds {
    private Kinds() {}

    /** What a slot accepts, such as {@code a duration such as 2.hours}. */
    public static String expected(WordParameter slot, Words scope) {
        return switch (slot.type().kind()) {
            case NOUN -> oneOf(scope.enumNames(slot.type()));
            case NOUNS -> "a list of " + String.join(", ", slot.type().enumNames());
            case WORD -> word(slot, scope);
            case WORDS -> "one or more of " + String.join(", ", names(slot, scope));
            case TRUTH -> "true or false";
            case WHOLE_NUMBER -> suchAs("a whole number", slot, "3");
            case NUMBER -> suchAs("a number", slot, "0.5");
            case TEXT, NAMED_TEXTS -> suchAs("text", slot, "'name'");
            case DURATION -> suchAs("a duration", slot, "2.hours");
            case PERCENT -> suchAs("a percentage", slot, "5.percent");
            case DATA_SIZE -> suchAs("a data size", slot, "500.mb");
            case STEPS -> suchAs("a number of steps", slot, "100.steps");
            case SPAN -> suchAs("a range", slot, "0..11");
            case ROWS -> suchAs("a number of rows", slot, "200.rows");
            case FREQUENCY -> suchAs("a frequency", slot, "2.perWeek");
            case EXPRESSION, EXPRESSIONS -> suchAs("an expression over a row", slot, "{ row.answer.length() > 20 }");
            case LITERALS -> suchAs("text, a number, true or false,", slot, "true");
            case TEXTS -> suchAs("a list of texts", slot, "['a', 'b']");
        };
    }

    /** What a slot needs that has no value, such as {@code `command`}. */
    static String needed(WordParameter slot, Words scope) {
        List<String> names = slot.type().kind() == ValueType.Kind.WORD ? names(slot, scope) : List.of();
        return names.size() == 1 ? Quote.code(names.get(0)) : expected(slot, scope);
    }

    /** What a value is, such as {@code a data size such as 500.mb}. */
    static String describe(Object value) {
        if (value instanceof String text) {
            return "text such as '" + Quote.plain(text) + "'";
        } else if (value instanceof BigDecimal number) {
            return "a number such as " + LiteralText.of(number);
        } else if (value instanceof Boolean truth) {
            return truth.toString();
        } else if (value instanceof Duration duration) {
            return "a duration such as " + LiteralText.of(duration);
        } else if (value instanceof Percent percent) {
            return "a percentage such as " + LiteralText.of(percent.value()) + ".percent";
        } else if (value instanceof DataSize size) {
            return "a data size such as " + LiteralText.of(size);
        } else if (value instanceof StepCount steps) {
            return "a number of steps such as " + steps.count() + ".steps";
        } else if (value instanceof RangeValue span) {
            return "a range such as " + span.first() + ".." + span.last();
        } else if (value instanceof RowCount rows) {
            return "a number of rows such as " + rows.count() + ".rows";
        } else if (value instanceof Frequency frequency) {
            return "a frequency such as " + LiteralText.of(frequency);
        }
        return "a list";
    }

    /** Names the text first when plain text stands for a word, because authors write it that way. */
    private static String word(WordParameter slot, Words scope) {
        List<String> names = names(slot, scope);
        return slot.textMeans()
                .map(word -> suchAs(plain(scope, word), slot, "'...'")
                        + " or "
                        + names.stream()
                                .filter(name -> !name.equals(word))
                                .map(name -> name + "(...)")
                                .collect(Collectors.joining(", ")))
                .orElseGet(() -> oneOf(names));
    }

    /** The kind of plain value that a word takes. */
    private static String plain(Words scope, String word) {
        return scope.value(word)
                .map(found -> found.values().get(0).type().kind())
                .filter(kind -> kind == ValueType.Kind.NUMBER)
                .map(kind -> "a number")
                .orElse("text");
    }

    private static List<String> names(WordParameter slot, Words scope) {
        return scope.values(slot.type().java()).stream().map(Word::name).toList();
    }

    private static String suchAs(String kind, WordParameter slot, String otherwise) {
        return kind + " such as " + (slot.example().isEmpty() ? otherwise : slot.example());
    }

    private static String oneOf(List<String> words) {
        return words.size() == 1 ? "only " + words.get(0) : "one of " + String.join(", ", words);
    }
}
