package dev.septet.activities.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.source.DatasetSource;
import dev.septet.activities.source.SourceSet;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.util.Optional;

/**
 * What the first attempt of a run read from sources that change at any time: buckets, databases and reviewed rows. It
 * is a record of the store, so that every later attempt of the run reads the same rows, or says that they changed.
 *
 * @param fence of the attempt
 * @param scope what the attempts of the run's activities share
 */
record SourcePins(ArtifactStore store, Fence fence, String scope) {
    /** The pins of the only activity of a run that reads its sources. */
    SourcePins(ArtifactStore store, Fence fence) {
        this(store, fence, fence.scope());
    }

    private static final String DIGESTS = "sha256";
    private static final String REVIEWED = "reviewed";

    /**
     * The number of a pipeline's reviewed rows that the run reads.
     *
     * @param present the number of rows at this moment, which the first attempt pins
     */
    long reviewed(String pipeline, long present) throws IOException {
        ObjectNode record = read();
        JsonNode pinned = record.path(REVIEWED).path(pipeline);
        if (pinned.isIntegralNumber()) {
            return pinned.asLong();
        }
        record.withObject("/" + REVIEWED).put(pipeline, present);
        write(record);
        return present;
    }

    /**
     * Compares the rows of this attempt with those of the first one.
     *
     * @throws StageProblem POISON_DATA when a bucket or a database gave other rows
     */
    void check(SourceSet sources, SourceDigest digest) throws IOException {
        ObjectNode record = read();
        boolean changed = false;
        int from = 0;
        for (DatasetSource source : sources.sources()) {
            int to = from + source.files().size();
            if (source.spec().s3() != null || source.spec().jdbc() != null) {
                String now = SourceDigest.of(digest.files().subList(from, to));
                String pinned = record.path(DIGESTS).path(source.name()).asText();
                if (pinned.isEmpty()) {
                    record.withObject("/" + DIGESTS).put(source.name(), now);
                    changed = true;
                } else if (!pinned.equals(now)) {
                    throw changed(source);
                }
            }
            from = to;
        }
        if (changed) {
            write(record);
        }
    }

    private static StageProblem changed(DatasetSource source) {
        return new StageProblem(
                FailureType.POISON_DATA,
                "dataset '%s': its rows are not those that an earlier attempt of this run read; start the run again. %s"
                        .formatted(
                                source.name(),
                                source.spec().jdbc() != null
                                        ? "If it happens again, select rows that do not change any more, such as those"
                                                + " before a date, and order them by a unique column"
                                        : "If it happens again, name a folder that no program writes any more"));
    }

    private ObjectNode read() throws IOException {
        Optional<String> text = store.record(name());
        return text.isEmpty()
                ? SpecJson.mapper().createObjectNode()
                : (ObjectNode) SpecJson.mapper().readTree(text.get());
    }

    private void write(ObjectNode record) throws IOException {
        store.putRecord(name(), SpecJson.mapper().writeValueAsString(record), fence);
    }

    private String name() {
        return "sources/" + scope;
    }
}
