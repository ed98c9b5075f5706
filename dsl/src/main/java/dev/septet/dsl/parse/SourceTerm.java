package dev.septet.dsl.parse;

import dev.septet.dsl.problem.SourceLocation;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** A value of a pipeline file, as written. */
public sealed interface SourceTerm {
    /** Where it stands. */
    SourceLocation at();

    /** {@code 'text'}. */
    public record Text(String value, SourceLocation at) implements SourceTerm {}

    /** {@code 42}, {@code 1e-4}. */
    record Numeral(BigDecimal value, SourceLocation at) implements SourceTerm {}

    /** {@code true}, {@code false}. */
    record Truth(boolean value, SourceLocation at) implements SourceTerm {}

    /** A bare word: a constant's name or a noun of the language. */
    public record Name(String name, SourceLocation at) implements SourceTerm {}

    /** {@code "models/$name"}: pieces are texts and names. */
    record Template(List<SourceTerm> pieces, SourceLocation at) implements SourceTerm {}

    /** {@code ['a', 'b']}. */
    record Items(List<SourceTerm> items, SourceLocation at) implements SourceTerm {}

    /** {@code 0..11}, both ends included. */
    public record Range(SourceTerm first, SourceTerm last, SourceLocation at) implements SourceTerm {}

    /** {@code 90.percent}. */
    record Quantity(SourceTerm number, String unit, SourceLocation unitAt, SourceLocation at) implements SourceTerm {}

    /** {@code -x}, {@code !x}. */
    record Unary(String operator, SourceTerm operand, SourceLocation at) implements SourceTerm {}

    /** {@code a + b}, {@code a < b}, {@code a && b}. */
    record Binary(String operator, SourceTerm left, SourceTerm right, SourceLocation at) implements SourceTerm {}

    /** {@code condition ? then : otherwise}. */
    record Ternary(SourceTerm condition, SourceTerm then, SourceTerm otherwise, SourceLocation at)
            implements SourceTerm {}

    /**
     * A word with what follows it.
     *
     * @param wordAt the word alone
     */
    public record Call(
            String word,
            SourceLocation wordAt,
            List<SourceTerm> values,
            List<Option> options,
            Optional<Block> block,
            SourceLocation at)
            implements SourceTerm {}

    /** {@code name: value} after a word. */
    record Option(String name, SourceLocation nameAt, SourceTerm value) {}

    /**
     * {@code { row.answer.length() > 20 }}: an expression between braces, evaluated row by row.
     * What follows below stands in such expressions only.
     */
    record PerRow(SourceTerm expression, SourceLocation at) implements SourceTerm {}

    /** {@code null}: what a field that is missing is equal to. */
    record Nothing(SourceLocation at) implements SourceTerm {}

    /** {@code row.answer}. */
    record Field(SourceTerm of, String name, SourceLocation nameAt, SourceLocation at) implements SourceTerm {}

    /** {@code row.answer.contains('x')}. */
    record Invoke(
            SourceTerm target, String function, SourceLocation functionAt, List<SourceTerm> values, SourceLocation at)
            implements SourceTerm {}

    /** {@code row.messages[0]}. */
    record Index(SourceTerm of, SourceTerm index, SourceLocation at) implements SourceTerm {}

    /** Something that was refused, its problem reported. */
    record Refused(SourceLocation at) implements SourceTerm {}
}
