package dev.septet.dsl.parse;

import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.SourceLocation;
import java.util.function.Function;
import org.codehaus.groovy.ast.expr.Expression;

/** Limits the depth of nested expressions to {@link FileLimits#EXPRESSION_DEPTH}. */
final class Nesting {
    private final Problems problems;
    private final Function<Expression, SourceLocation> where;
    private final Function<Expression, SourceTerm> copy;
    private int depth;

    /** @param copy called for every expression that is not nested too deep */
    Nesting(Problems problems, Function<Expression, SourceLocation> where, Function<Expression, SourceTerm> copy) {
        this.problems = problems;
        this.where = where;
        this.copy = copy;
    }

    /** Copies the expression. The result is {@code Refused} when the expression is nested too deeply. */
    SourceTerm read(Expression expression) {
        if (depth >= FileLimits.EXPRESSION_DEPTH) {
            SourceLocation at = where.apply(expression);
            problems.add(
                    ProblemId.LIMIT,
                    at,
                    "this expression nests deeper than " + FileLimits.EXPRESSION_DEPTH + ", which is the limit",
                    "");
            return new SourceTerm.Refused(at);
        }
        depth++;
        try {
            return copy.apply(expression);
        } finally {
            depth--;
        }
    }
}
