package dev.septet.activities.time;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * This machine's clock for decisions about what is old. If the clock jumps ahead while this process runs, its jump does not count:
 * this clock shows no more time than has passed. If the clock is set back, this one goes back too. So nothing gets old by a jump.
 */
public final class SteadyClock {
    private static final SteadyClock PROCESS = system();

    private final Clock clock;
    private final LongSupplier nanos;
    private final Instant began;
    private final long beganNanos;

    /**
     * A clock that begins now.
     *
     * @param nanos time that passes, in nanoseconds, such as {@link System#nanoTime}
     */
    public SteadyClock(Clock clock, LongSupplier nanos) {
        this.clock = clock;
        this.nanos = nanos;
        this.began = clock.instant();
        this.beganNanos = nanos.getAsLong();
    }

    /** A clock that begins now, of this machine. */
    public static SteadyClock system() {
        return new SteadyClock(Clock.systemUTC(), System::nanoTime);
    }

    /** The time by the clock of this process, which began when the process first asked. */
    public static Instant now() {
        return PROCESS.instant();
    }

    /** How much time has passed since this clock began. */
    public Duration elapsed() {
        return Duration.ofNanos(nanos.getAsLong() - beganNanos);
    }

    /** The earlier one of the machine's time and the time that has passed. */
    public Instant instant() {
        Instant steady = began.plus(elapsed());
        Instant machine = clock.instant();
        return machine.isBefore(steady) ? machine : steady;
    }
}
