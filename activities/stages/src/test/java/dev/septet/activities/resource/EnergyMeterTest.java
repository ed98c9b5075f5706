package dev.septet.activities.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencingToken;
import dev.septet.activities.store.LocalStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counters as Linux shows them. */
class EnergyMeterTest {
    @TempDir
    Path folder;

    @Test
    void addsThePackagesAndSurvivesTheirOverflow() throws IOException {
        counter("intel-rapl:0", 900_000_000L);
        counter("intel-rapl:0:0", 5L);
        counter("intel-rapl:1", 100_000_000L);

        try (EnergyMeter meter = EnergyMeter.start(folder).orElseThrow()) {
            set("intel-rapl:0", 50_000_000L);
            set("intel-rapl:0:0", 999_000_000L);
            set("intel-rapl:1", 120_000_000L);
            assertThat(meter.joules()).contains(150.0 + 20.0);
            set("intel-rapl:1", 130_000_000L);
            assertThat(meter.joules()).contains(150.0 + 30.0);
            Files.delete(folder.resolve("intel-rapl:1/energy_uj"));
            assertThat(meter.joules()).isEmpty();
        }
    }

    @Test
    void isNoneWithoutReadableCounters() throws IOException {
        assertThat(EnergyMeter.start(folder.resolve("missing"))).isEmpty();
        assertThat(EnergyMeter.start(folder)).isEmpty();
        counter("intel-rapl:0", 1);
        Files.writeString(folder.resolve("intel-rapl:0/energy_uj"), "not a number");
        assertThat(EnergyMeter.start(folder)).isEmpty();
    }

    @Test
    void addsTheAttemptsOfARun() throws IOException {
        LocalStore store = new LocalStore(folder.resolve("store"));
        EnergyRecords records = new EnergyRecords(store, "run-1");
        assertThat(records.joules()).isEmpty();
        for (int attempt = 1; attempt <= 2; attempt++) {
            Fence fence = new Fence("run-1/train", new FencingToken(7, attempt));
            store.open(fence);
            records.record("train", fence, 100);
            store.release(fence);
        }

        assertThat(records.joules()).contains(200.0);
        assertThat(new EnergyRecords(store, "run-2").joules()).isEmpty();
    }

    private void counter(String name, long microjoules) throws IOException {
        Files.createDirectories(folder.resolve(name));
        Files.writeString(folder.resolve(name).resolve("max_energy_range_uj"), "1000000000\n");
        set(name, microjoules);
    }

    private void set(String name, long microjoules) throws IOException {
        Files.writeString(folder.resolve(name).resolve("energy_uj"), microjoules + "\n");
    }
}
