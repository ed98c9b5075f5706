package dev.septet.examples.benchmarks.saves;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;

/**
 * Measured times of a training step or of an idle period, with or without a save at its beginning.
 *
 * @param pause seconds of the call that saves
 * @param elapsed seconds from before the save until the step is done and the save is on disk
 * @param processor processor seconds of all threads in that time
 */
record Window(double pause, double elapsed, double processor) {
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final double NANOS = 1e9;

    /** A part of the work that may throw {@code IOException}, for example when the disk is full. */
    public interface Part {
        void run() throws IOException;
    }

    static Window of(Part save, Part step, Part settle) throws IOException {
        long used = SYSTEM.getProcessCpuTime();
        long began = System.nanoTime();
        save.run();
        long saved = System.nanoTime();
        step.run();
        settle.run();
        return new Window(
                (saved - began) / NANOS,
                (System.nanoTime() - began) / NANOS,
                (SYSTEM.getProcessCpuTime() - used) / NANOS);
    }
}
