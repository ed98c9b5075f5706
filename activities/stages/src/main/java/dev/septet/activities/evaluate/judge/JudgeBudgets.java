package dev.septet.activities.evaluate.judge;

import dev.septet.activities.answer.BudgetLedger;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is left of the budgets of judges. A metric that several sets of rows inherit has one budget for all of them, and the
 * sets use it in their order.
 */
public final class JudgeBudgets {
    /** A budget of money cannot be zero; this is less than any request costs. */
    private static final double NOTHING = 1e-12;

    private final Map<JudgeSpec, BudgetLedger.Amount> used = new HashMap<>();

    /** The judges with what is left of their budget. At its end no request fits into it. */
    public JudgeSpec left(JudgeSpec spec) {
        BudgetLedger.Amount spent = used.get(spec);
        return spent == null ? spec : spec.within(left(spec.budget(), spent));
    }

    private static GenerateSpec.Budget left(GenerateSpec.Budget whole, BudgetLedger.Amount spent) {
        @Nullable Long tokens = whole.tokens();
        @Nullable Double cost = whole.cost();
        return new GenerateSpec.Budget(
                tokens == null ? null : Math.max(1, tokens - spent.tokens()),
                cost == null ? null : Math.max(NOTHING, cost - spent.cost()),
                whole.end());
    }

    /** Whether what is left of the budget is at least this amount. */
    public boolean covers(JudgeSpec spec, BudgetLedger.Amount amount) {
        GenerateSpec.Budget left = left(spec).budget();
        return (left.tokens() == null || left.tokens() >= amount.tokens())
                && (left.cost() == null || left.cost() >= amount.cost());
    }

    /** Counts what these judges used for one set. */
    public void use(JudgeSpec spec, BudgetLedger.Amount amount) {
        used.merge(
                spec,
                amount,
                (one, other) -> new BudgetLedger.Amount(one.tokens() + other.tokens(), one.cost() + other.cost()));
    }
}
