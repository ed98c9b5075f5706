package dev.septet.activities.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.Stage;
import dev.septet.workflows.summary.RunFacts;
import dev.septet.workflows.summary.StageTime;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What a run cost, by the operator's figures and by what was measured.
 *
 * @param machineMillis time of the stages that keep a machine busy, with their waits for a worker
 * @param pricePerHour price of the machine for one hour; null when the operator gives none
 * @param kilowattHours estimated energy in kWh; null when the operator gives no power
 * @param gramsOfCarbonDioxide estimated emissions in grams of CO2 equivalent; null without the grid's intensity
 * @param measuredJoules measured energy of the training machine's processors; null when it was not measured
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunCost(
        long machineMillis,
        ReportSettings.@Nullable Price pricePerHour,
        @Nullable BigDecimal kilowattHours,
        @Nullable BigDecimal gramsOfCarbonDioxide,
        @Nullable Double measuredJoules) {
    /** Nothing is known. */
    public static final RunCost NONE = new RunCost(0, null, null, null, null);

    public static final double JOULES_PER_KILOWATT_HOUR = 3.6e6;

    /** The cost of a run, by its facts, the operator's figures and the measured energy; null = not measured. */
    public static RunCost of(RunFacts facts, ReportSettings settings, @Nullable Double joules) {
        long machine = facts.stages().stream()
                .filter(RunCost::keepsAMachineBusy)
                .mapToLong(StageTime::millis)
                .sum();
        BigDecimal energy = settings.kilowattHours(machine).orElse(null);
        BigDecimal grid = settings.grid();
        return new RunCost(
                machine,
                settings.price(),
                energy,
                energy == null || grid == null ? null : energy.multiply(grid),
                joules);
    }

    /** Deployment waits for people and for live requests. */
    private static boolean keepsAMachineBusy(StageTime stage) {
        return !stage.reused() && stage.stage().compareTo(Stage.DEPLOY) < 0;
    }
}
