package dev.septet.dsl.spec;

import static dev.septet.dsl.spec.Checks.require;

import java.time.Duration;

/**
 * What drift starts: a new run of the same pipeline.
 *
 * @param cooldown shortest time between two such starts
 */
public record OnDriftSpec(Duration cooldown) {
    public static final Duration DEFAULT_COOLDOWN = Duration.ofDays(1);

    public OnDriftSpec {
        require(!cooldown.isNegative(), "cooldown: cannot be negative");
    }
}
