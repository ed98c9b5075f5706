package dev.septet.dsl.parse;

import dev.septet.dsl.problem.SourceLocation;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** A value of a pipeline file, as written. */
public sealed interface Term {
    /** Where it stands. */
    SourceLocation at();

    /** {@code 'text'}. */
    record Text(String value, SourceLocation at) implements Term {}

    /** {@code 42}, {@code 1e-4}. */
    record Numeral(BigDecimal value, SourceLocation at) implements Term {}

    /** {@code true}, {@code false}. */
    record Truth(boolean value, SourceLocation at) implements Term {}

    /** A bare word: a constant's name or a noun of the language. */
    record Name(String name, SourceLocation at) implements Term {}

    /** {@code "models/$name"}: pieces are texts and names. */
    record Template(List<Term> pieces, SourceLocation at) implements Term {}

    /** {@code ['a', 'b']}. */
    record Items(List<Term> items, SourceLocation at) implements Term {}

    /** {@code 0..11}, both ends included. */
    record Range(Term first, Term last, SourceLocation at) implements Term {}

    /** {@code 90.percent}. */
    record Quantity(Term number, String unit, SourceLocation unitAt, SourceLocation at)
            implements Term {}

    /** {@code -x}, {@code !x}. */
    record Unary(String operator, Term operand, SourceLocation at) implements Term {}

    /** {@code a + b}, {@code a < b}, {@code a && b}. */
    record Binary(String operator, Term left, Term right, SourceLocation at) implements Term {}

    /** {@code condition ? then : otherwise}. */
    record Ternary(Term condition, Term then, Term otherwise, SourceLocation at) implements Term {}

    /**
     * A word with what follows it.
     *
     * @param wordAt the word alone
     */
    record Call(
            String word,
            SourceLocation wordAt,
            List<Term> values,
            List<Option> options,
            Optional<Block> block,
            SourceLocation at)
            implements Term {}

    /** {@code name: value} after a word. */
    record Option(String name, SourceLocation nameAt, Term value) {}

    /**
     * {@code { row.answer.length() > 20 }}: an expression between braces, evaluated row by row.
     * What follows below stands in such expressions only.
     */
    record PerRow(Term expression, SourceLocation at) implements Term {}

    /** {@code null}: what a field that is missing is equal to. */
    record Nothing(SourceLocation at) implements Term {}

    /** {@code row.answer}. */
    record Field(Term of, String name, SourceLocation nameAt, SourceLocation at) implements Term {}

    /** {@code row.answer.contains('x')}. */
    record Invoke(
            Term target,
            String function,
            SourceLocation functionAt,
            List<Term> values,
            SourceLocation at)
            implements Term {}

    /** {@code row.messages[0]}. */
    record Index(Term of, Term index, SourceLocation at) implements Term {}

    /** Something that was refused, its problem reported. */
    record Refused(SourceLocation at) implements Term {}
}
