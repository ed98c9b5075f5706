package dev.septet.dsl.parse;

import dev.septet.dsl.problem.SourceLocation;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** A value in a pipeline file, as written. */
public sealed interface SourceTerm {
    /** The location of the term. */
    SourceLocation at();

    /** A text: {@code 'text'}. */
    public record Text(String value, SourceLocation at) implements SourceTerm {}

    /** A number, such as {@code 42} or {@code 1e-4}. */
    record Numeral(BigDecimal value, SourceLocation at) implements SourceTerm {}

    /** A truth value: {@code true} or {@code false}. */
    record Truth(boolean value, SourceLocation at) implements SourceTerm {}

    /** A bare word: a constant's name or a name from a closed list. */
    public record Name(String name, SourceLocation at) implements SourceTerm {}

    /** A text with names in it, such as {@code "models/$name"}; the pieces are texts and names. */
    record Template(List<SourceTerm> pieces, SourceLocation at) implements SourceTerm {}

    /** A list, such as {@code ['a', 'b']}. */
    record Items(List<SourceTerm> items, SourceLocation at) implements SourceTerm {}

    /** A range with both ends included, such as {@code 0..11}. */
    public record Range(SourceTerm first, SourceTerm last, SourceLocation at) implements SourceTerm {}

    /** A number with a unit, such as {@code 90.percent}. */
    record Quantity(SourceTerm number, String unit, SourceLocation unitAt, SourceLocation at) implements SourceTerm {}

    /** An operator with one operand: {@code -x}, {@code !x}. */
    record Unary(String operator, SourceTerm operand, SourceLocation at) implements SourceTerm {}

    /** An operator with two operands, such as {@code a + b}, {@code a < b}, {@code a && b}. */
    record Binary(String operator, SourceTerm left, SourceTerm right, SourceLocation at) implements SourceTerm {}

    /** A conditional value: {@code condition ? then : otherwise}. */
    record Ternary(SourceTerm condition, SourceTerm then, SourceTerm otherwise, SourceLocation at)
            implements SourceTerm {}

    /**
     * A word with its values, options and block.
     *
     * @param wordAt the location of the word alone
     */
    public record Call(
            String word,
            SourceLocation wordAt,
            List<SourceTerm> values,
            List<Option> options,
            Optional<Block> block,
            SourceLocation at)
            implements SourceTerm {}

    /** An option of a word: {@code name: value}. */
    record Option(String name, SourceLocation nameAt, SourceTerm value) {}

    /**
     * An expression in braces that is evaluated for each row, such as {@code { row.answer.length() > 20 }}. The terms
     * below occur in such expressions only.
     */
    record PerRow(SourceTerm expression, SourceLocation at) implements SourceTerm {}

    /** The value of a missing field: {@code null}. */
    record Nothing(SourceLocation at) implements SourceTerm {}

    /** A field, such as {@code row.answer}. */
    record Field(SourceTerm of, String name, SourceLocation nameAt, SourceLocation at) implements SourceTerm {}

    /** A function call, such as {@code row.answer.contains('x')}. */
    record Invoke(
            SourceTerm target, String function, SourceLocation functionAt, List<SourceTerm> values, SourceLocation at)
            implements SourceTerm {}

    /** An item of a list, such as {@code row.messages[0]}. */
    record Index(SourceTerm of, SourceTerm index, SourceLocation at) implements SourceTerm {}

    /** A rejected term, whose problem is already reported. */
    record Refused(SourceLocation at) implements SourceTerm {}
}
