package dev.septet.activities.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The measured energy of a run's attempts, in the records {@code energy/RUN/STAGE/ATTEMPT}. Nothing depends on them. */
public record EnergyRecords(ArtifactStore store, String runId) {
    private static final Logger LOG = LoggerFactory.getLogger(EnergyRecords.class);

    private record Used(double joules) {}

    /** Does the work of an attempt, and records the energy of the machine meanwhile, if it can be measured. */
    public <R> R measured(String stage, Fence fence, Callable<R> work) throws Exception {
        Optional<EnergyMeter> meter = EnergyMeter.start();
        if (meter.isEmpty()) {
            return work.call();
        }
        try (EnergyMeter open = meter.get()) {
            R result = work.call();
            open.joules().ifPresent(joules -> record(stage, fence, joules));
            return result;
        }
    }

    /** Records the energy of an attempt. */
    void record(String stage, Fence fence, double joules) {
        try {
            store.putRecord(
                    "energy/%s/%s/%s".formatted(runId, stage, fence.token()),
                    SpecJson.mapper().writeValueAsString(new Used(joules)),
                    fence);
        } catch (IOException e) {
            LOG.warn("the energy of this attempt cannot be recorded", e);
        }
    }

    /** The measured energy of all attempts that ended with a result; empty when none was measured. */
    public Optional<Double> joules() {
        try {
            double sum = 0;
            boolean any = false;
            for (String name : store.records("energy/%s/".formatted(runId))) {
                Optional<String> text = store.record(name);
                if (text.isPresent()) {
                    sum += SpecJson.mapper().readValue(text.get(), Used.class).joules();
                    any = true;
                }
            }
            return any ? Optional.of(sum) : Optional.empty();
        } catch (JsonProcessingException damaged) {
            return Optional.empty();
        } catch (IOException unreadable) {
            LOG.warn("the energy of run {} cannot be read", runId, unreadable);
            return Optional.empty();
        }
    }
}
