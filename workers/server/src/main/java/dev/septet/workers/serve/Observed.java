package dev.septet.workers.serve;

import dev.septet.workers.observe.Instruments;
import dev.septet.workers.observe.ReadinessChecks;
import dev.septet.workers.observe.WorkProgress;
import java.time.Duration;

/**
 * How a model server is observed.
 *
 * @param instruments where its measurements go
 * @param readiness what it needs to answer, for {@code /ready}
 * @param answers whether its answers make progress
 */
public record Observed(Instruments instruments, ReadinessChecks readiness, WorkProgress answers) {
    /** More than an answer may take, with its wait. */
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    /** A server that is observed, and whose answers are watched. */
    public Observed(Instruments instruments, ReadinessChecks readiness) {
        this(instruments, readiness, new WorkProgress(PATIENCE));
    }

    /** Nobody looks. */
    public static Observed none() {
        return new Observed(Instruments.NONE, new ReadinessChecks());
    }
}
