package dev.septet.activities.evaluate.metric;

import dev.septet.dsl.expression.Expression;
import dev.septet.dsl.expression.RequiredResult;
import dev.septet.dsl.expression.Shape;
import dev.septet.dsl.pipeline.evaluate.ScoreSpec;
import java.util.List;

/** A score expression of the pipeline file: the mean of its value over the rows. */
public final class ExpressionScore implements Metric {
    private static final Shape SHAPE = new Shape(RequiredResult.SCORE, List.of("prompt", "answer", "expected"));

    private final ScoreSpec spec;
    private final Expression expression;

    public ExpressionScore(ScoreSpec spec) {
        this.spec = spec;
        expression = Expression.of(spec.expression(), SHAPE);
    }

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public boolean lowerIsBetter() {
        return spec.lowerIsBetter();
    }

    @Override
    public boolean readsAnswer() {
        return true;
    }

    /**
     * The expression's value for a row.
     *
     * @throws dev.septet.dsl.expression.ExpressionProblem when it has none
     */
    @Override
    public double[] tally(Outcome outcome) {
        String answer = outcome.answer();
        return new double[] {
            answer == null
                    ? Double.NaN
                    : expression.number(name -> switch (name) {
                        case "prompt" -> outcome.prompt();
                        case "answer" -> answer;
                        default -> outcome.reference();
                    }),
            1
        };
    }

    @Override
    public double score(double[] sums) {
        return sums[0] / sums[1];
    }
}
