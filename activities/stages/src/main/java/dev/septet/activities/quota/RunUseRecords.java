package dev.septet.activities.quota;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the activities of a run used, in the records {@code run-use/RUN/KEY}. A key names an attempt's slot, its requests in one
 * currency, or a job, so that writing it again counts once. Nothing depends on these records.
 *
 * @param runId id of the run; the records of its folds and candidates, {@code RUN/fold-1} and so on, count as its own
 */
public record RunUseRecords(ArtifactStore store, String runId) {
    private static final Logger LOG = LoggerFactory.getLogger(RunUseRecords.class);
    private static final String ROOT = "run-use/";

    /**
     * One record.
     *
     * @param currency of the cost; null without a cost
     */
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    record Entry(
            String activity,
            double gpuHours,
            long tokens,
            double cost,
            @Nullable String currency) {
        RunUse use() {
            return new RunUse(
                    gpuHours,
                    tokens,
                    currency == null || cost <= 0 ? Map.of() : Map.of(currency, BigDecimal.valueOf(cost)));
        }
    }

    /** Writes or replaces a record. */
    void put(String key, Entry entry) throws IOException {
        store.putRecord(prefix() + key, SpecJson.mapper().writeValueAsString(entry), new Fence(ROOT + runId, 1));
    }

    /** The sum of the records; empty when the run has none, or they cannot be read. */
    public Optional<RunUse> sum() {
        try {
            RunUse sum = RunUse.NONE;
            boolean any = false;
            for (String name : store.records(prefix())) {
                Optional<String> text = store.record(name);
                if (text.isPresent()) {
                    sum = sum.plus(
                            SpecJson.mapper().readValue(text.get(), Entry.class).use());
                    any = true;
                }
            }
            return any ? Optional.of(sum) : Optional.empty();
        } catch (JsonProcessingException damaged) {
            LOG.warn("a record of the use of run {} is damaged", runId);
            return Optional.empty();
        } catch (IOException unreadable) {
            LOG.warn("the use of run {} cannot be read", runId, unreadable);
            return Optional.empty();
        }
    }

    private String prefix() {
        return ROOT + runId + "/";
    }
}
