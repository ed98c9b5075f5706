package dev.septet.dsl.expression;

import dev.septet.dsl.parse.PipelineParser;
import dev.septet.dsl.parse.SourceTerm;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.problem.Problems;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An expression over a row: pure, with a work limit for every row. {@link #check} validates it when its pipeline file
 * is compiled. {@link #of} parses it again from the spec where rows are processed.
 */
public final class Expression {
    private final String place;
    private final Code code;
    private final Set<String> fields;

    private Expression(String place, Code code, Set<String> fields) {
        this.place = place;
        this.code = code;
        this.fields = fields;
    }

    /**
     * Checks an expression of a pipeline file.
     *
     * @param constants values of the terms that do not depend on the row
     * @return its canonical text; empty when it is invalid, with its problems reported
     */
    public static Optional<String> check(
            SourceTerm expression, Shape shape, ConstantValues constants, Problems problems) {
        return new Checker(shape, constants, problems).check(expression).map(Typed::text);
    }

    /**
     * Parses an expression of a spec.
     *
     * @throws IllegalArgumentException when it is not a valid expression; a compiled spec has only valid ones
     */
    public static Expression of(ExpressionSpec spec, Shape shape) {
        var parsed = PipelineParser.expression(spec.place(), spec.text());
        Problems problems = parsed.problems();
        Checker checker = new Checker(shape, ConstantValues.none(problems), problems);
        Optional<Typed> typed = parsed.expression().flatMap(checker::check);
        if (typed.isEmpty() || problems.count() > 0) {
            throw new IllegalArgumentException("%s: `%s` is not an expression: %s"
                    .formatted(
                            spec.place(),
                            spec.text(),
                            problems.list().stream()
                                    .findFirst()
                                    .map(p -> p.sentence())
                                    .orElse("no expression remains")));
        }
        return new Expression(spec.place(), typed.get().code(), checker.fields());
    }

    /** Names of the fields that the expression reads, of the row and of the objects in it. */
    public Set<String> fields() {
        return fields;
    }

    /**
     * The value for a row; null when it is missing.
     *
     * @throws ExpressionProblem when the row has no such value, or the expression exceeds its work limit; the message
     *     names the expression's location
     */
    public @Nullable Object value(RowFields row) {
        try {
            return code.value(row, new Meter());
        } catch (ExpressionProblem e) {
            throw new ExpressionProblem(place + ": " + e.getMessage(), e.beyondBudget());
        }
    }

    /** The value of an expression that returns true or false. */
    public boolean truth(RowFields row) {
        Object value = value(row);
        if (value instanceof Boolean truth) {
            return truth;
        }
        throw needed("true or false", value);
    }

    /** The value of an expression that returns a number; true counts as 1, false as 0. */
    public double number(RowFields row) {
        Object value = value(row);
        if (value instanceof Double number) {
            return number;
        }
        if (value instanceof Boolean truth) {
            return truth ? 1 : 0;
        }
        throw needed("a number", value);
    }

    private ExpressionProblem needed(String what, @Nullable Object value) {
        return new ExpressionProblem(
                "%s: the expression must be %s, but it is %s"
                        .formatted(place, what, Type.of(value).shown()),
                false);
    }
}
