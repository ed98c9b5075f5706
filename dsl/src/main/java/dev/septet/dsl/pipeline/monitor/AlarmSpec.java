package dev.septet.dsl.pipeline.monitor;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * How sure the monitor must be.
 *
 * @param confirm looks in a row that must find drift before it counts
 * @param falseAlarms largest accepted chance that a look at undrifted prompts finds drift, all
 *     detectors together
 */
public record AlarmSpec(int confirm, double falseAlarms) {
    public static final AlarmSpec DEFAULT = new AlarmSpec(2, 0.05);

    public AlarmSpec {
        require(confirm >= 1 && confirm <= 100, "confirm must be from 1 to 100, got %s", confirm);
        require(falseAlarms > 0 && falseAlarms < 1, "falseAlarms must be above 0.percent and below 100.percent");
    }
}
