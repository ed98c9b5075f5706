package dev.septet.activities.forget;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.lineage.RowQuery;
import dev.septet.activities.result.DamagedRecord;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.forget.ErasureReport;
import dev.septet.workflows.forget.ForgetRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An order to erase rows. It is in the store, as only those who may write there may delete what is there. Records of an order
 * are {@code erasures/<pipeline>/<id>/order}, {@code .../plan} and {@code .../report}.
 *
 * @param pipeline the pipeline that reads the rows
 * @param id digits of a digest of the pipeline and the rows, so that the same order has the same id
 * @param rows digests of the rows as they are read, sorted; see {@link dev.septet.activities.lineage.RowDigests}
 * @param contents digests of the texts of some of the rows, by the digest of the row; null in an order of an earlier version
 */
public record ErasureOrder(
        String pipeline,
        String id,
        List<String> rows,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) SortedMap<String, String> contents) {
    private static final String PREFIX = "erasures/";
    private static final int DIGITS = 12;

    public ErasureOrder {
        rows = List.copyOf(rows);
        contents = contents == null ? new TreeMap<>() : contents;
    }

    /**
     * The order to erase some rows.
     *
     * @param contents digests of the texts of some of the rows, by the digest of the row
     */
    public static ErasureOrder of(String pipeline, Set<String> rows, Map<String, String> contents) {
        List<String> sorted = List.copyOf(new TreeSet<>(rows));
        SortedMap<String, String> texts = new TreeMap<>(contents);
        String all = pipeline + "\n" + String.join("\n", sorted);
        String id = Sha256.of(texts.isEmpty() ? all : all + "\n" + texts).substring(0, DIGITS);
        return new ErasureOrder(pipeline, id, sorted, texts);
    }

    /** What the order erases, for a search in lineages. */
    public RowQuery query() {
        return RowQuery.of(Set.copyOf(rows), Set.copyOf(contents.values()));
    }

    /** Writes the order to the store. Writing it again changes nothing. */
    public void write(ArtifactStore store) throws IOException {
        String name = name(pipeline, id, "order");
        if (store.record(name).isEmpty()) {
            store.putRecord(name, SpecJson.mapper().writeValueAsString(this), new Fence("by hand/" + name, 1));
        }
    }

    /**
     * Reads an order.
     *
     * @throws StageProblem INVALID_PIPELINE when there is none
     */
    public static ErasureOrder read(ArtifactStore store, String pipeline, String id) throws IOException {
        Optional<String> text = store.record(name(pipeline, id, "order"));
        try {
            return SpecJson.mapper()
                    .readValue(
                            text.orElseThrow(() -> StageProblem.invalid(
                                    "there is no order to forget rows of '%s' in the store; give one with `septet data forget`"
                                            .formatted(pipeline))),
                            ErasureOrder.class);
        } catch (JsonProcessingException damaged) {
            throw StageProblem.invalid(
                    "the order to forget rows of '%s' is damaged; give it again with `septet data forget`"
                            .formatted(pipeline));
        }
    }

    /** What an order did; empty while it is not done. */
    public Optional<ErasureReport> report(ArtifactStore store) throws IOException {
        Optional<String> report = store.record(name(pipeline, id, "report"));
        try {
            return report.isEmpty()
                    ? Optional.empty()
                    : Optional.of(SpecJson.mapper().readValue(report.get(), ErasureReport.class));
        } catch (JsonProcessingException damaged) {
            return Optional.empty(); // done again
        }
    }

    /**
     * The orders of all pipelines that are not done, by pipeline and id.
     *
     * @param damaged receives the records that cannot be read
     */
    public static List<ErasureOrder> open(ArtifactStore store, Consumer<DamagedRecord> damaged) throws IOException {
        List<ErasureOrder> open = new ArrayList<>();
        for (String name : store.records(PREFIX)) {
            String reading = name;
            try {
                Optional<String> text = name.endsWith("/order") ? store.record(name) : Optional.empty();
                if (text.isEmpty()) {
                    continue;
                }
                ErasureOrder order = SpecJson.mapper().readValue(text.get(), ErasureOrder.class);
                if (order == null || !name.equals(name(order.pipeline(), order.id(), "order"))) {
                    damaged.accept(new DamagedRecord(name, "its text is not the order that its name says"));
                    continue;
                }
                reading = name(order.pipeline(), order.id(), "report");
                if (order.report(store).isEmpty()) {
                    open.add(order);
                }
            } catch (JsonProcessingException | CorruptArtifactException unreadable) {
                damaged.accept(DamagedRecord.of(reading, unreadable));
            }
        }
        return open;
    }

    /** The id of the workflow that carries it out. */
    public String workflowId() {
        return ForgetRequest.workflowId(pipeline, id);
    }

    /** The name of a record of an order. */
    static String name(String pipeline, String id, String part) {
        return PREFIX + pipeline + "/" + id + "/" + part;
    }

    /**
     * An order and what became of it.
     *
     * @param report what was done; null while it is not done
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Status(String id, long rows, @Nullable ErasureReport report) {}

    /**
     * All orders of a pipeline, by id.
     *
     * @throws StageProblem INVALID_PIPELINE when one is damaged
     */
    public static List<Status> all(ArtifactStore store, String pipeline) throws IOException {
        List<Status> all = new ArrayList<>();
        String prefix = PREFIX + pipeline + "/";
        for (String name : store.records(prefix)) {
            if (name.endsWith("/order")) {
                String id = name.substring(prefix.length(), name.length() - "/order".length());
                ErasureOrder order = read(store, pipeline, id);
                all.add(new Status(id, order.rows().size(), order.report(store).orElse(null)));
            }
        }
        return all;
    }
}
