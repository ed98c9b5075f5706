package dev.septet.activities.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The evaluated runs of a pipeline, in the records {@code versions/PIPELINE/START-RUN}. Each run writes only its own record, so
 * two runs cannot lose each other's.
 */
public record PipelineVersions(ArtifactStore store, String pipeline) {
    /** Versions in a trend. */
    static final int SHOWN = 20;

    private static final String RECORDS = "versions/";
    private static final int MAX_RECORD_BYTES = 16 << 20;

    /** The versions that started before a run, oldest first, at most {@link #SHOWN}. */
    List<PipelineVersion> before(PipelineVersion run) throws IOException {
        List<String> names = store.records(prefix()).stream()
                .filter(name -> name.compareTo(name(run)) < 0)
                .toList();
        return read(names, SHOWN);
    }

    /** The newest versions, oldest first. */
    public List<PipelineVersion> newest(int most) throws IOException {
        return read(store.records(prefix()), most);
    }

    /** The newest version's record names of all pipelines, by pipeline: one listing, no record is read. */
    public static Map<String, String> newestNames(ArtifactStore store) throws IOException {
        Map<String, String> newest = new TreeMap<>();
        for (String name : store.records(RECORDS)) { // sorted, so the last of a pipeline stays
            int end = name.indexOf('/', RECORDS.length());
            if (end > 0) {
                newest.put(name.substring(RECORDS.length(), end), name);
            }
        }
        return newest;
    }

    /** The version of a record; empty when it is gone, damaged or of a later format. */
    public static Optional<PipelineVersion> version(ArtifactStore store, String name) throws IOException {
        return store.record(name).flatMap(text -> read(text, PipelineVersion.class));
    }

    private List<PipelineVersion> read(List<String> names, int most) throws IOException {
        List<PipelineVersion> versions = new ArrayList<>();
        for (String name : names.subList(Math.max(0, names.size() - most), names.size())) {
            version(store, name).ifPresent(versions::add);
        }
        return versions;
    }

    /** The folder of a run's page; empty when the run has none. */
    public static Optional<ArtifactRef> page(ArtifactStore store, String runId) throws IOException {
        for (String name : store.records(RECORDS)) {
            if (name.substring(name.lastIndexOf('/') + 1)
                    .replaceFirst("^\\d+-", "")
                    .equals(runId)) {
                Optional<String> text = store.record(name);
                Optional<PipelineVersion> run = text.flatMap(json -> read(json, PipelineVersion.class));
                return run.flatMap(version -> Optional.ofNullable(version.record()));
            }
        }
        return Optional.empty();
    }

    void add(PipelineVersion run, Fence fence) throws IOException {
        store.putRecord(name(run), SpecJson.mapper().writeValueAsString(run), fence);
    }

    /** What a version recorded; empty when the store does not have it any more, or when it is of another format. */
    Optional<RunRecord> record(PipelineVersion version) {
        if (version.record() == null) {
            return Optional.empty();
        }
        try {
            var file = store.fetch(version.record()).resolve(RunRecord.FILE);
            return Files.size(file) > MAX_RECORD_BYTES
                    ? Optional.empty()
                    : read(Files.readString(file), RunRecord.class);
        } catch (IOException | RuntimeException removed) {
            return Optional.empty();
        }
    }

    private static <T> Optional<T> read(String json, Class<T> type) {
        try {
            return Optional.of(SpecJson.mapper().readValue(json, type));
        } catch (JsonProcessingException other) {
            return Optional.empty(); // of a later version, or damaged: the trend has one point less
        }
    }

    private String prefix() {
        return RECORDS + pipeline + "/";
    }

    /** Names sort as the starts do: 13 digits last until the year 2286. */
    private String name(PipelineVersion run) {
        return String.format(Locale.ROOT, "%s%013d-%s", prefix(), Math.max(0, run.startedMillis()), run.runId());
    }
}
