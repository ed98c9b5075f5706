package dev.septet.activities.retention;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.deploy.Aliases;
import dev.septet.activities.deploy.VersionFolder;
import dev.septet.activities.result.StoredResult;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencedException;
import dev.septet.activities.store.Storage;
import dev.septet.workflows.Stage;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Removes from a store what no kept version, no open run and no audit needs. Whatever a process uses while the collection runs
 * stays: each removal compares the time of the last use, under the lock that the use takes too. A killed collection leaves a
 * store that reads; the next one removes the rest.
 *
 * <p>Artifacts are removed before the records that name them, because an erasure finds the artifacts of forgotten rows by these
 * records. A record whose artifacts are gone is like a damaged result: the next run computes it again.
 */
public final class GarbageCollection {
    /** A newer collection takes this fence; the older one can remove nothing more. */
    private static final String SCOPE = "gc";

    private final ArtifactStore store;
    private final Aliases aliases;
    private final RetentionPolicy policy;
    private final OpenWork open;
    private final Instant cutoff;
    private final Instant now;
    private final Map<CollectedKind, GarbageReport.Count> removed = new EnumMap<>(CollectedKind.class);
    private final List<String> versions = new ArrayList<>();
    private final List<String> left = new ArrayList<>();
    private int busy;

    /**
     * A collection.
     *
     * @param environment environment variables with the access keys of buckets that pipelines publish to
     * @param open the work that has not ended
     * @param now present time
     */
    public GarbageCollection(
            ArtifactStore store, Map<String, String> environment, RetentionPolicy policy, OpenWork open, Instant now) {
        this.store = store;
        this.aliases = new Aliases(store, environment);
        this.policy = policy;
        this.open = open;
        this.now = now;
        Instant age = now.minus(policy.age());
        Instant oldest = open.oldest();
        Instant start = oldest == null ? age : oldest.minus(RetentionPolicy.MIN_AGE);
        this.cutoff = start.isBefore(age) ? start : age;
    }

    /** What would be removed now. */
    public GarbageReport plan() throws IOException {
        return collect(null);
    }

    /**
     * Removes it.
     *
     * @throws FencedException when another collection has begun; nothing that is needed was removed
     */
    public GarbageReport run() throws IOException {
        Fence fence = Fence.takeOver(store, SCOPE, now.toEpochMilli());
        try {
            return collect(fence);
        } finally {
            store.release(fence);
        }
    }

    /** @param fence null = remove nothing */
    private GarbageReport collect(@Nullable Fence fence) throws IOException {
        StoreGraph graph = StoreGraph.of(store, GarbageCollection::refuse);
        KeptContents kept = KeptContents.of(store, graph, policy, open, cutoff);
        List<Storage.Used> checkpoints = store.contents().checkpoints();
        long bytes = graph.artifacts().values().stream()
                        .mapToLong(Storage.Used::bytes)
                        .sum()
                + checkpoints.stream().mapToLong(Storage.Used::bytes).sum();
        Set<String> scopes = new HashSet<>();
        for (Storage.Used each : checkpoints) {
            boolean gone = !isOpen(each.name())
                    && each.used().isBefore(cutoff)
                    && remove(
                            CollectedKind.CHECKPOINTS,
                            each.bytes(),
                            fence == null
                                    ? null
                                    : () -> store.contents().removeCheckpoints(each.name(), cutoff, fence));
            if (!gone) {
                scopes.add(each.name());
            }
        }
        Set<String> staying = new HashSet<>(graph.artifacts().keySet());
        for (Map.Entry<String, List<Variant>> pipeline :
                kept.versions().retired().entrySet()) {
            for (Variant variant : pipeline.getValue()) {
                retire(graph, kept, pipeline.getKey(), variant, staying, fence);
            }
        }
        for (CollectedKind kind : CollectedKind.values()) {
            for (Storage.Used each : kind.isArtifact() ? graph.artifacts().values() : List.<Storage.Used>of()) {
                if (!staying.contains(each.name())
                        || kept.artifacts().contains(each.name())
                        || kind(graph, each.name()) != kind) {
                    continue;
                }
                if (remove(
                        kind,
                        each.bytes(),
                        fence == null ? null : () -> store.contents().removeArtifact(each.name(), cutoff, fence))) {
                    staying.remove(each.name());
                } else {
                    kept.keepUsed(graph, each.name());
                }
            }
        }
        for (Storage.Used each : store.contents().damaged()) {
            if (each.used().isBefore(cutoff)) {
                remove(
                        CollectedKind.DAMAGED,
                        each.bytes(),
                        fence == null
                                ? null
                                : () -> {
                                    store.contents().removeDamaged(each.name(), fence);
                                    return true;
                                });
            }
        }
        for (Storage.Used each : OldRecords.of(graph, kept, policy, open, staying, scopes, now)) {
            remove(
                    OldRecords.isAnswer(each.name()) ? CollectedKind.ANSWERS : CollectedKind.RECORD,
                    each.bytes(),
                    fence == null ? null : () -> store.contents().removeRecord(each.name(), cutoff, fence));
        }
        ArtifactStore.Leftovers leftovers = fence == null ? store.leftovers() : store.removeLeftovers();
        int scratch = leftovers.fences().size() + leftovers.scratch().size();
        if (scratch > 0) {
            removed.put(CollectedKind.SCRATCH, new GarbageReport.Count(scratch, 0));
        }
        return new GarbageReport(policy.toString(), removed, versions, left, busy, bytes);
    }

    /** Without a result's record, what it was made of looks like what nothing needs. */
    private static void refuse(String record, IOException why) throws IOException {
        if (!(why instanceof JsonProcessingException)) {
            throw why;
        }
        throw new IOException(
                "the record %s is damaged, so what its artifacts were made of is not known; nothing was deleted. Restore this file from a backup, or run its pipeline again"
                        .formatted(record),
                why);
    }

    private boolean isOpen(String scope) {
        return open.runIds().contains(scope.split("/", -1)[0]);
    }

    /** @param removal null = remove nothing */
    private boolean remove(CollectedKind kind, long bytes, Storage.@Nullable Work<Boolean> removal) throws IOException {
        if (removal != null && !removal.run()) {
            busy++;
            return false;
        }
        removed.merge(kind, new GarbageReport.Count(1, bytes), (now, one) -> now.plus(bytes));
        return true;
    }

    /**
     * Removes the export of a version, then its folders at the targets. Nobody may publish the version or point an alias at it in
     * between. A publication or a rollback would have used the export.
     */
    private void retire(
            StoreGraph graph,
            KeptContents kept,
            String pipeline,
            Variant variant,
            Set<String> staying,
            @Nullable Fence fence)
            throws IOException {
        String sha256 = variant.sha256();
        Storage.Used export = graph.artifacts().get(sha256);
        boolean shared = kept.artifacts().contains(sha256); // by another pipeline
        boolean published = aliases.isPublished(pipeline, sha256);
        if (!published && (shared || export == null)) {
            return; // an earlier collection has removed it
        }
        long bytes = shared || export == null ? 0 : export.bytes();
        boolean gone = remove(
                CollectedKind.VERSION,
                bytes,
                fence == null
                        ? null
                        : () -> aliases.changing(
                                pipeline,
                                () -> aliases.adding(pipeline, sha256, () -> {
                                    Set<String> live = KeptVersions.live(
                                            aliases.history(pipeline),
                                            new Routes(store).route(pipeline).orElse(null),
                                            new HashSet<>());
                                    if (live.contains(sha256)) {
                                        return false;
                                    }
                                    if (!shared && !store.contents().removeArtifact(sha256, cutoff, fence)) {
                                        return false;
                                    }
                                    left.addAll(aliases.remove(pipeline, sha256));
                                    return true;
                                })));
        if (gone) {
            versions.add(pipeline + " " + VersionFolder.version(sha256));
            if (!shared) {
                staying.remove(sha256);
            }
        } else {
            kept.keepUsed(graph, sha256); // somebody has just made it live again
            if (variant.base() != null) {
                kept.keepUsed(graph, variant.base().sha256());
            }
        }
    }

    private static CollectedKind kind(StoreGraph graph, String digest) {
        for (StoredResult result : graph.producers(digest)) {
            if (KeptContents.isLineage(result, digest)) {
                return CollectedKind.LINEAGE;
            }
            for (Stage stage : Stage.values()) {
                if (stage.word().equals(result.stage())) {
                    return switch (stage) {
                        case PREPARE -> CollectedKind.DATASET;
                        case INITIALIZE -> CollectedKind.BASE;
                        case TRAIN -> CollectedKind.TRAINING;
                        case EVALUATE -> CollectedKind.EVALUATION;
                        case DEPLOY -> CollectedKind.EXPORT;
                        default -> CollectedKind.ARTIFACT;
                    };
                }
            }
        }
        return CollectedKind.ARTIFACT;
    }
}
