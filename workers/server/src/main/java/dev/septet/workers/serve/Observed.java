package dev.septet.workers.serve;

import dev.septet.workers.observe.Instruments;
import dev.septet.workers.observe.ReadinessChecks;
import dev.septet.workers.observe.WorkProgress;
import dev.septet.workers.serve.model.Models;
import java.time.Duration;

/**
 * How a model server is observed.
 *
 * @param instruments where its measurements go
 * @param readiness what it needs to answer, for {@code /ready}
 * @param answers whether its answers make progress, for {@code /health}
 */
public record Observed(Instruments instruments, ReadinessChecks readiness, WorkProgress answers) {
    /** More than an answer may take, with its wait. */
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    /** A server that is observed, and whose answers are watched. */
    public Observed(Instruments instruments, ReadinessChecks readiness) {
        this(instruments, readiness, new WorkProgress(PATIENCE));
    }

    /** Nobody measures, and {@code /ready} knows the guards only. */
    static Observed none(Models models) {
        return new Observed(Instruments.NONE, new ReadinessChecks().with("guards", guards(models)));
    }

    /** Whether each guard gives verdicts. */
    public static ReadinessChecks.Check guards(Models models) {
        return () -> models.guarded() ? null : "a guard gives no verdicts; the reason is in the server's log";
    }
}
