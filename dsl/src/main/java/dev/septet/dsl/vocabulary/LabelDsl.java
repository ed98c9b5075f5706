package dev.septet.dsl.vocabulary;

import dev.septet.dsl.expression.RequiredResult;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.pipeline.prepare.LabelSpec;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.Repeatable;
import dev.septet.dsl.vocabulary.word.RowExpression;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Labelling functions: each votes for a label or abstains. Together they decide the label of a row. */
public final class LabelDsl {
    private final List<LabelSpec.Vote> votes = new ArrayList<>();

    LabelDsl() {}

    /**
     * Votes for the label if the expression is true, and abstains if it is false. {@code name:} is its name in the tables of
     * the card and the report; by default, the label and the number of the vote. Votes for at least two labels are needed.
     */
    @Repeatable
    @Example("vote('billing', name: 'money words') { row.prompt.contains('invoice') }")
    public void vote(
            @Example("'billing'") String label,
            @Option @Example("'money words'") @Nullable String name,
            @RowExpression(RequiredResult.TRUTH) @Example("{ row.prompt.contains('invoice') }") ExpressionSpec when) {
        votes.add(new LabelSpec.Vote(name == null ? label + " " + (votes.size() + 1) : name, label, when));
    }

    LabelSpec spec(String field, LabelSpec.@Nullable Unlabelled unlabelled, @Nullable String gold) {
        return new LabelSpec(field, votes, unlabelled, gold);
    }
}
