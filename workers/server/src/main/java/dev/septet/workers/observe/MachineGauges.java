package dev.septet.workers.observe;

import dev.septet.activities.resource.HostMemory;
import dev.septet.activities.time.RepeatedTask;
import dev.septet.llm.cuda.CardUsage;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** Gauges of the machine: memory, disks and cards. */
public final class MachineGauges {
    /** nvidia-smi takes up to a second, so it runs beside the looks. */
    private static final Duration CARDS = Duration.ofSeconds(15);

    private static final List<ProcessMetric> CARD_METRICS = List.of(
            ProcessMetric.GPU_MEMORY_USED,
            ProcessMetric.GPU_MEMORY_SIZE,
            ProcessMetric.GPU_UTILIZATION,
            ProcessMetric.GPU_POWER);

    private final PrometheusInstruments instruments;
    private final Map<String, String> environment;
    private Set<String> shownCards = Set.of();

    /** Gauges of which nothing is read yet. */
    MachineGauges(PrometheusInstruments instruments, Map<String, String> environment) {
        this.instruments = instruments;
        this.environment = environment;
    }

    /**
     * Adds the gauges.
     *
     * @param folders folders whose disks are measured, by the value of their label
     */
    public static void add(
            PrometheusInstruments instruments, Map<String, Path> folders, Map<String, String> environment) {
        MachineGauges gauges = new MachineGauges(instruments, environment);
        instruments.read(ProcessMetric.HOST_MEMORY, HostMemory::available);
        Map<String, Path> measured = new LinkedHashMap<>(folders);
        instruments.beforeScrape(() -> measured.forEach(gauges::disk));
        if (CardUsage.known(environment)) {
            var unused = RepeatedTask.start("septet-cards", Duration.ZERO, CARDS, gauges::cards);
        }
    }

    private void disk(String label, Path folder) {
        Path there = folder.toAbsolutePath();
        while (Files.notExists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        try {
            FileStore disk = Files.getFileStore(there);
            instruments.set(ProcessMetric.DISK_FREE, (double) disk.getUsableSpace(), label);
            instruments.set(ProcessMetric.DISK_SIZE, (double) disk.getTotalSpace(), label);
        } catch (IOException unreadable) {
            instruments.remove(ProcessMetric.DISK_FREE, label);
            instruments.remove(ProcessMetric.DISK_SIZE, label);
        }
    }

    /** Reads the cards. One that is not reported now, because it is gone or nvidia-smi fails, has no values. */
    void cards() {
        Set<String> reported = new HashSet<>();
        for (CardUsage card : CardUsage.read(environment)) {
            String gpu = Integer.toString(card.index());
            reported.add(gpu);
            set(ProcessMetric.GPU_MEMORY_USED, card.usedBytes(), gpu);
            set(ProcessMetric.GPU_MEMORY_SIZE, card.totalBytes(), gpu);
            set(ProcessMetric.GPU_UTILIZATION, card.utilization(), gpu);
            set(ProcessMetric.GPU_POWER, card.watts(), gpu);
        }
        for (String gone : shownCards) {
            if (!reported.contains(gone)) {
                CARD_METRICS.forEach(metric -> instruments.remove(metric, gone));
            }
        }
        shownCards = reported;
    }

    private void set(ProcessMetric metric, OptionalDouble value, String gpu) {
        if (value.isPresent()) {
            instruments.set(metric, value.getAsDouble(), gpu);
        } else {
            instruments.remove(metric, gpu);
        }
    }
}
