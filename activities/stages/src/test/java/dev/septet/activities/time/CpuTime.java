package dev.septet.activities.time;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/** Processor time of a test's own thread, without the work of other threads. A pause of the machine does not count. */
public final class CpuTime {
    private final long start = now();

    private CpuTime() {}

    public static CpuTime start() {
        return new CpuTime();
    }

    public Duration used() {
        return Duration.ofNanos(now() - start);
    }

    private static long now() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
