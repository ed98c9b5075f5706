package dev.septet.activities.canary;

import dev.septet.activities.audit.Arm;
import dev.septet.activities.audit.ArmTally;
import dev.septet.activities.audit.AuditedTrial;
import dev.septet.dsl.pipeline.deploy.CanarySpec;
import dev.septet.workflows.canary.CanaryFinding;
import dev.septet.workflows.canary.CanaryReading;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares the arms of a trial. All measures of all checks share the false alarm rate of 5 %
 * (Bonferroni correction). So a model that is no worse than allowed is rejected early in at most
 * one trial of twenty.
 *
 * @param checks number of planned checks
 */
record CanaryCheck(CanarySpec spec, int checks) {
    private static final double FALSE_ALARMS = 0.05;
    private static final int MEASURES = 6;

    /** Minimum number of opinions on a model's answers before their plain difference counts. */
    private static final int MIN_OPINIONS = 10;

    CanaryReading read(AuditedTrial trial) {
        ArmTally now = trial.of(Arm.CHALLENGER);
        ArmTally before = trial.of(Arm.CHAMPION);
        double alpha = FALSE_ALARMS / (MEASURES * Math.max(1, checks));
        List<CanaryFinding> findings = new ArrayList<>();
        findings.add(new ProportionTest("failed requests", "requests", spec.maxErrors(), spec.minRequests())
                .compare(now.errors(), now.answers(), before.errors(), before.answers(), alpha));
        findings.add(new ProportionTest(
                        "refused answers", "answers", spec.maxRefusals(), Math.min(spec.minRequests(), MIN_OPINIONS))
                .compare(
                        now.refusals(),
                        now.answers() - now.errors(),
                        before.refusals(),
                        before.answers() - before.errors(),
                        alpha));
        findings.add(new ProportionTest("negative feedback", "opinions", spec.maxNegative(), MIN_OPINIONS)
                .compare(
                        now.thumbsDown(),
                        now.thumbsDown() + now.thumbsUp(),
                        before.thumbsDown(),
                        before.thumbsDown() + before.thumbsUp(),
                        alpha));
        findings.add(new RatioTest("median time", "ms", 1 + spec.maxSlower(), false)
                .compare(now.millis(), before.millis(), alpha));
        findings.add(new RatioTest("median length", "characters", 1 + spec.maxLengthChange(), false)
                .compare(now.lengths(), before.lengths(), alpha));
        findings.add(new RatioTest("median length, least", "characters", 1 + spec.maxLengthChange(), true)
                .compare(now.lengths(), before.lengths(), alpha));
        return new CanaryReading(before.answers(), now.answers(), findings);
    }
}
