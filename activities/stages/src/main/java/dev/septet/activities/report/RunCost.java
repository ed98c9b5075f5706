package dev.septet.activities.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.quota.RunUse;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.workflows.Stage;
import dev.septet.workflows.summary.StageTime;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run cost, by the operator's figures and by what was measured.
 *
 * @param machineMillis time of the stages that keep a machine of the workers busy, with their waits for a worker
 * @param pricePerHour price of the machine for one hour; null when the operator gives none
 * @param kilowattHours estimated energy in kWh; null when the operator gives no power
 * @param gramsOfCarbonDioxide estimated emissions in grams of CO2 equivalent; null without the grid's intensity
 * @param measuredJoules measured energy of the training machine's processors; null when it was not measured
 * @param serviceCharge what a service charged for the training, by the operator's price; null when it is not known
 * @param use GPU hours, and what outside services cost, also for the training; null in files of earlier versions, and when
 *     nothing was recorded
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunCost(
        long machineMillis,
        ReportSettings.@Nullable Price pricePerHour,
        @Nullable BigDecimal kilowattHours,
        @Nullable BigDecimal gramsOfCarbonDioxide,
        @Nullable Double measuredJoules,
        ReportSettings.@Nullable Price serviceCharge,
        @Nullable RunUse use) {
    /** Nothing is known. */
    public static final RunCost NONE = new RunCost(0, null, null, null, null);

    public static final double JOULES_PER_KILOWATT_HOUR = 3.6e6;

    /** A cost without the charge of a service. */
    public RunCost(
            long machineMillis,
            ReportSettings.@Nullable Price pricePerHour,
            @Nullable BigDecimal kilowattHours,
            @Nullable BigDecimal gramsOfCarbonDioxide,
            @Nullable Double measuredJoules) {
        this(machineMillis, pricePerHour, kilowattHours, gramsOfCarbonDioxide, measuredJoules, null, null);
    }

    /** The cost of a run, by the times of its stages, the operator's figures and the measured energy; null = not measured. */
    public static RunCost of(
            List<StageTime> stages, PipelineSpec spec, ReportSettings settings, @Nullable Double joules) {
        boolean elsewhere = trainsElsewhere(spec);
        long machine = stages.stream()
                .filter(RunCost::keepsAMachineBusy)
                .filter(stage -> !elsewhere || stage.stage() != Stage.TRAIN)
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

    /** Whether a cluster or a service trains, and a worker only waits for it. */
    static boolean trainsElsewhere(PipelineSpec spec) {
        BackEndSpec by = spec.train().by();
        return by != null && by.onCluster();
    }

    /** The same with what a service charged. */
    RunCost charged(ReportSettings.@Nullable Price charge) {
        return new RunCost(
                machineMillis, pricePerHour, kilowattHours, gramsOfCarbonDioxide, measuredJoules, charge, use);
    }

    /** The same with what the run's activities recorded; null = nothing. */
    public RunCost with(@Nullable RunUse recorded) {
        return new RunCost(
                machineMillis,
                pricePerHour,
                kilowattHours,
                gramsOfCarbonDioxide,
                measuredJoules,
                serviceCharge,
                recorded);
    }

    /** Deployment waits for people and for live requests. */
    private static boolean keepsAMachineBusy(StageTime stage) {
        return !stage.reused() && stage.stage().compareTo(Stage.DEPLOY) < 0;
    }
}
