package dev.septet.dsl.expression;

import dev.septet.dsl.parse.PipelineParser;
import dev.septet.dsl.parse.SourceTerm;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.problem.Problems;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An expression over a row: pure, with a budget for every row. It is checked where its pipeline
 * file is read ({@link #check}), and read again from the spec where rows are ({@link #of}).
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
     * @param constants values of the terms that do not touch the row
     * @return its canonical text; empty when it is wrong, its problems reported
     */
    public static Optional<String> check(
            SourceTerm expression, Shape shape, ConstantValues constants, Problems problems) {
        return new Checker(shape, constants, problems).check(expression).map(Typed::text);
    }

    /**
     * Reads an expression from a spec.
     *
     * @throws IllegalArgumentException when it is none; a spec that was compiled holds only good
     *     ones
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

    /** Names of the fields that it reads, of the row and of the objects within it. */
    public Set<String> fields() {
        return fields;
    }

    /**
     * The value for a row; null when it is missing.
     *
     * @throws ExpressionProblem naming the expression's place when the row has none, or the
     *     expression takes too long
     */
    public @Nullable Object value(RowFields row) {
        try {
            return code.value(row, new Meter());
        } catch (ExpressionProblem e) {
            throw new ExpressionProblem(place + ": " + e.getMessage(), e.beyondBudget());
        }
    }

    /** The value of an expression that is true or false. */
    public boolean truth(RowFields row) {
        Object value = value(row);
        if (value instanceof Boolean truth) {
            return truth;
        }
        throw needed("true or false", value);
    }

    /** The value of an expression that is a number, or true (1) or false (0). */
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
