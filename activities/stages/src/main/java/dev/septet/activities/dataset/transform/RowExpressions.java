package dev.septet.activities.dataset.transform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.dsl.expression.Expression;
import dev.septet.dsl.expression.ExpressionProblem;
import dev.septet.dsl.expression.RequiredResult;
import dev.septet.dsl.expression.Shape;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.text.PublicText;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Several expressions over a record that are each true or false. */
public final class RowExpressions {
    private final List<Expression> expressions;

    private RowExpressions(List<Expression> expressions) {
        this.expressions = expressions;
    }

    /** Expressions whose values are true or false. */
    public static RowExpressions truths(List<ExpressionSpec> specs) {
        return new RowExpressions(specs.stream()
                .map(spec -> Expression.of(spec, Shape.of(RequiredResult.TRUTH)))
                .toList());
    }

    /** Names of the fields that they read. */
    public Set<String> reads() {
        Set<String> reads = new TreeSet<>();
        expressions.forEach(expression -> reads.addAll(expression.fields()));
        return reads;
    }

    /**
     * Their values, in their order.
     *
     * @throws RowProblem when the record does not fit an expression
     * @throws DatasetProblem when an expression exceeds its work limit
     */
    public boolean[] truths(ObjectNode record, RowPlace place) {
        RecordFields row = new RecordFields(record);
        boolean[] truths = new boolean[expressions.size()];
        try {
            for (int i = 0; i < truths.length; i++) {
                truths[i] = expressions.get(i).truth(row);
            }
            return truths;
        } catch (ExpressionProblem e) {
            throw problem(e, place);
        }
    }

    /** The problem of a record whose expression has no value. */
    static RuntimeException problem(ExpressionProblem e, RowPlace place) {
        return e.beyondBudget()
                ? new DatasetProblem(
                        DatasetProblem.Blame.PIPELINE,
                        PublicText.of(
                                "%s (at the row %s); make the expression simpler",
                                PublicText.said(String.valueOf(e.getMessage())), place.shown()))
                : new RowProblem(PublicText.of(
                        "does not fit the expression at %s", PublicText.said(String.valueOf(e.getMessage()))));
    }
}
