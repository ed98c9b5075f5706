package dev.septet.activities.resource;

import dev.septet.activities.trace.CallerContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Measures the energy of a machine's processors with Linux's RAPL counters ({@code powercap}). All programs of the machine
 * count; cards do not. Many systems let only root read the counters.
 *
 * @see <a href="https://docs.kernel.org/power/powercap/powercap.html">Power Capping Framework</a>
 */
public final class EnergyMeter implements AutoCloseable {
    private static final Path COUNTERS = Path.of("/sys/class/powercap");

    /** Processor packages; their parts, such as intel-rapl:0:0, are included in them. */
    private static final Pattern PACKAGE = Pattern.compile("intel-rapl:[0-9]+");

    /** A counter of 262 kJ overflows after 8 minutes at 500 W. */
    private static final Duration PERIOD = Duration.ofMinutes(1);

    private static final double MICROJOULES = 1e6;

    private final List<Counter> counters;
    private final Thread sampler;

    private EnergyMeter(List<Counter> counters) {
        this.counters = counters;
        sampler = new Thread(CallerContext.of(this::sample), "energy-meter");
        sampler.setDaemon(true);
        sampler.start();
    }

    /** A meter of this machine; empty when its counters cannot be read. */
    public static Optional<EnergyMeter> start() {
        return start(COUNTERS);
    }

    /** A meter of counters in a folder; for tests. */
    static Optional<EnergyMeter> start(Path folder) {
        try (Stream<Path> zones = Files.list(folder)) {
            List<Counter> counters = new ArrayList<>();
            for (Path zone : zones.sorted().toList()) {
                if (PACKAGE.matcher(zone.getFileName().toString()).matches()) {
                    counters.add(new Counter(zone.resolve("energy_uj"), number(zone.resolve("max_energy_range_uj"))));
                }
            }
            return counters.isEmpty() ? Optional.empty() : Optional.of(new EnergyMeter(counters));
        } catch (IOException | RuntimeException unreadable) {
            return Optional.empty();
        }
    }

    /** Energy since the start in joules; empty when a counter could not be read any more. */
    public synchronized Optional<Double> joules() {
        try {
            double sum = 0;
            for (Counter counter : counters) {
                counter.read();
                sum += counter.used;
            }
            return Optional.of(sum / MICROJOULES);
        } catch (IOException | RuntimeException unreadable) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        sampler.interrupt();
    }

    private void sample() {
        try {
            while (true) {
                Thread.sleep(PERIOD.toMillis());
                joules();
            }
        } catch (InterruptedException closed) {
            // the meter is closed
        }
    }

    private static long number(Path file) throws IOException {
        return Long.parseLong(Files.readString(file).strip());
    }

    /** A counter in microjoules that begins again at its range. */
    private static final class Counter {
        private final Path file;
        private final long range;
        private long last;
        private double used;

        Counter(Path file, long range) throws IOException {
            this.file = file;
            this.range = range;
            last = number(file);
        }

        void read() throws IOException {
            long now = number(file);
            used += now >= last ? now - last : range - last + now;
            last = now;
        }
    }
}
