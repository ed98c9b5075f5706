package dev.septet.workers.cli.ui.view;

import dev.septet.activities.quota.RunUse;
import dev.septet.activities.report.ReportSettings;
import dev.septet.activities.report.RunCost;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What several runs cost. Amounts in several currencies have no sum.
 *
 * @param runs how many of them recorded a cost
 * @param machineMillis time of the stages that keep a machine busy
 * @param machines the price of this time, by currency; without the runs for which the operator gave no price
 * @param use GPU hours, tokens, and what outside services cost
 */
public record CostSum(int runs, long machineMillis, Map<String, BigDecimal> machines, RunUse use) {
    public CostSum {
        machines = Collections.unmodifiableMap(new TreeMap<>(machines));
    }

    /** The sum of the costs of some runs. */
    static CostSum of(List<RunCost> costs) {
        long millis = 0;
        Map<String, BigDecimal> machines = new TreeMap<>();
        RunUse use = RunUse.NONE;
        for (RunCost cost : costs) {
            millis += cost.machineMillis();
            ReportSettings.Price hour = cost.pricePerHour();
            if (hour != null) {
                machines.merge(hour.currency(), new BigDecimal(hour.amountOf(cost.machineMillis())), BigDecimal::add);
            }
            use = use.plus(use(cost));
        }
        return new CostSum(costs.size(), millis, machines, use);
    }

    /** What a run used. Earlier versions recorded only what a service charged for the training. */
    static RunUse use(RunCost cost) {
        RunUse recorded = Objects.requireNonNullElse(cost.use(), RunUse.NONE);
        ReportSettings.Price charge = cost.serviceCharge();
        return charge == null || recorded.costs().containsKey(charge.currency())
                ? recorded
                : recorded.plus(new RunUse(0, 0, Map.of(charge.currency(), charge.amount())));
    }
}
