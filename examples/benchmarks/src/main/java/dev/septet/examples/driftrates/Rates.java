package dev.septet.examples.driftrates;

import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import dev.septet.examples.traffic.Shift;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The monitor's results on streams of one kind.
 *
 * @param windows number of windows of each stream
 */
public record Rates(List<MonitorResults> lives, int windows) {
    /** Windows of a stream that never shifts. */
    public static final int CALM_WINDOWS = 8;

    /** Windows after a shift within which the monitor should find it. */
    public static final int SHIFTED_WINDOWS = 5;

    public Rates {
        lives = List.copyOf(lives);
    }

    /** Measures streams without a shift. */
    public static Rates calm(Pool pool, MonitorSpec spec, int streams) throws IOException {
        List<MonitorResults> lives = new ArrayList<>();
        for (int stream = 0; stream < streams; stream++) {
            Traffic traffic = new Traffic(pool, stream, Shift.NONE, 0, CALM_WINDOWS);
            lives.add(MonitorResults.of(traffic, CALM_WINDOWS, false, spec, pool));
        }
        return new Rates(lives, CALM_WINDOWS);
    }

    /**
     * Measures streams with a share of shifted requests after the first window, until the alarm.
     */
    public static Rates shifted(Pool pool, MonitorSpec spec, Shift shift, double share, int from, int to)
            throws IOException {
        List<MonitorResults> lives = new ArrayList<>();
        for (int stream = from; stream < to; stream++) {
            Traffic traffic = new Traffic(pool, 1000 + stream, shift, share, 1);
            lives.add(MonitorResults.of(traffic, 1 + SHIFTED_WINDOWS, true, spec, pool));
        }
        return new Rates(lives, 1 + SHIFTED_WINDOWS);
    }

    /** Number of streams that raised the alarm. */
    public long alarms() {
        return lives.stream().filter(life -> life.alarm() != null).count();
    }

    /** Number of streams that would have raised the alarm with this detector alone. */
    public long alarms(String detector) {
        return lives.stream().filter(life -> life.alone().get(detector) != null).count();
    }

    /** Number of checks in which any detector found drift. */
    public long looks() {
        return lives.stream()
                .flatMap(life -> life.looks().stream())
                .filter(observation -> observation.drifted())
                .count();
    }

    /** Number of checks in which this detector alone would have found drift. */
    public long looks(String detector) {
        return lives.stream()
                .mapToInt(life -> life.wrong().getOrDefault(detector, 0))
                .sum();
    }

    /** Mean number of checks from the shift to the alarm, over streams with an alarm. */
    public double delay() {
        return lives.stream()
                .map(MonitorResults::alarm)
                .filter(Objects::nonNull)
                .mapToInt(Integer::intValue)
                .average()
                .orElse(Double.NaN);
    }
}
