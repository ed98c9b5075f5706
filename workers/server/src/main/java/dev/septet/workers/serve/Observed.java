package dev.septet.workers.serve;

import dev.septet.workers.observe.Instruments;
import dev.septet.workers.observe.ReadinessChecks;

/**
 * How a model server is observed.
 *
 * @param instruments where its measurements go
 * @param readiness what it needs to answer, for {@code /ready}
 */
public record Observed(Instruments instruments, ReadinessChecks readiness) {
    /** Nobody looks. */
    public static Observed none() {
        return new Observed(Instruments.NONE, new ReadinessChecks());
    }
}
