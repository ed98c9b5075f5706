package dev.septet.dsl.pipeline.monitor;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * The confidence that the monitor needs before it confirms drift.
 *
 * @param confirm the number of consecutive checks that must find drift
 * @param falseAlarms the largest accepted probability that a check of prompts without drift finds drift, over all
 *     detectors together
 */
public record AlarmSpec(int confirm, double falseAlarms) {
    public static final AlarmSpec DEFAULT = new AlarmSpec(2, 0.05);

    public AlarmSpec {
        require(confirm >= 1 && confirm <= 100, "confirm must be from 1 to 100, got %s", confirm);
        require(falseAlarms > 0 && falseAlarms < 1, "falseAlarms must be above 0.percent and below 100.percent");
    }
}
