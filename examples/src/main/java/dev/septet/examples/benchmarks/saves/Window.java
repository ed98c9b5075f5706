package dev.septet.examples.benchmarks.saves;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;

/**
 * A step of a training, or none, with or without a save at its beginning.
 *
 * @param pause seconds that the call of the save took
 * @param elapsed seconds from before the save until the step is taken and the save is on disk
 * @param processor seconds of all threads meanwhile
 */
record Window(double pause, double elapsed, double processor) {
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final double NANOS = 1e9;

    /** Something that may find the disk full. */
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
