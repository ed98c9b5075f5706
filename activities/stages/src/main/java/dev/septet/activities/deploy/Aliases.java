package dev.septet.activities.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.deploy.AliasHistory.Move;
import dev.septet.activities.deploy.AliasHistory.Reason;
import dev.septet.activities.deploy.AliasHistory.Target;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencedException;
import dev.septet.activities.store.Storage;
import dev.septet.activities.store.bucket.S3Address;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The aliases of the pipelines: each alias names the live export. First the link in each folder
 * moves atomically, then the record is written. Repeating an interrupted move completes it.
 */
public final class Aliases {
    private static final String PREFIX = "aliases/";

    private final ArtifactStore store;
    private final TargetPlaces places;

    /**
     * The aliases in a store.
     *
     * @param environment environment variables with the access keys of buckets
     */
    public Aliases(ArtifactStore store, Map<String, String> environment) {
        this(store, new TargetPlaces(new Disk(), environment));
    }

    /** Aliases with other target places; for tests. */
    Aliases(ArtifactStore store, TargetPlaces places) {
        this.store = store;
        this.places = places;
    }

    /** Pipelines that have published something, sorted. */
    public List<String> pipelines() throws IOException {
        return store.records(PREFIX).stream()
                .map(name -> name.substring(PREFIX.length()))
                .toList();
    }

    /** The history of a pipeline's alias; without moves when nothing was published. */
    public AliasHistory history(String pipeline) throws IOException {
        Optional<String> text = store.record(PREFIX + pipeline);
        if (text.isEmpty()) {
            return AliasHistory.EMPTY;
        }
        try {
            return SpecJson.mapper().readValue(text.get(), AliasHistory.class);
        } catch (JsonProcessingException e) {
            throw StageProblem.invalid("the record of pipeline '%s' is damaged: publish it again".formatted(pipeline));
        }
    }

    /**
     * Points a pipeline's alias at an export that its targets already hold.
     *
     * @return the move
     */
    Move publish(String pipeline, List<Target> targets, String sha256, String runId, Fence fence) throws IOException {
        return changing(pipeline, () -> move(pipeline, targets, sha256, Reason.PUBLISH, runId, fence));
    }

    /** Runs work during which nobody moves the alias of a pipeline on this machine, which is the host of its folders. */
    public <R> R changing(String pipeline, Storage.Work<R> work) throws IOException {
        return store.exclusively("alias " + pipeline, work);
    }

    /** Runs work during which nobody adds this version to the targets of a pipeline. */
    public <R> R adding(String pipeline, String sha256, Storage.Work<R> work) throws IOException {
        return store.exclusively("version %s of %s".formatted(sha256, pipeline), work);
    }

    /** Whether a target of the pipeline on this machine, or in a bucket, has a version. */
    public boolean isPublished(String pipeline, String sha256) throws IOException {
        for (Target target : history(pipeline).places()) {
            try {
                if (places.open(target).versions().contains(VersionFolder.version(sha256))) {
                    return true;
                }
            } catch (StageProblem refused) {
                // This process may not open that target.
            }
        }
        return false;
    }

    /**
     * Points a pipeline's alias at any version that its targets still hold.
     *
     * @param version the export's sha256 or its first digits, at least 6
     * @throws StageProblem INVALID_PIPELINE naming the known versions
     */
    public Move promote(String pipeline, String version) throws IOException {
        return changing(pipeline, () -> promoted(pipeline, version));
    }

    private Move promoted(String pipeline, String version) throws IOException {
        AliasHistory history = published(pipeline);
        TreeSet<String> known = new TreeSet<>();
        history.moves().forEach(move -> known.add(move.sha256()));
        List<String> matching = version.length() < 6
                ? List.of()
                : known.stream().filter(sha256 -> sha256.startsWith(version)).toList();
        if (matching.size() != 1) {
            throw StageProblem.invalid("pipeline '%s' has no version '%s'; it has published %s"
                    .formatted(
                            pipeline,
                            version,
                            String.join(
                                    ", ",
                                    known.stream().map(VersionFolder::version).toList())));
        }
        requireStored(pipeline, matching.get(0));
        return move(pipeline, history.targets(), matching.get(0), Reason.PROMOTE, "", byHand(pipeline));
    }

    /**
     * Points a pipeline's alias at the version that was live before the present one. A second
     * rollback goes to the version before that.
     *
     * @throws StageProblem INVALID_PIPELINE when there is none
     */
    public Move rollBack(String pipeline) throws IOException {
        return changing(pipeline, () -> rolledBack(pipeline));
    }

    private Move rolledBack(String pipeline) throws IOException {
        AliasHistory history = published(pipeline);
        String previous = history.before();
        if (previous == null) {
            throw StageProblem.invalid(
                    "pipeline '%s' is at its first version: there is nothing to roll back to".formatted(pipeline));
        }
        requireStored(pipeline, previous);
        return move(pipeline, history.targets(), previous, Reason.ROLL_BACK, "", byHand(pipeline));
    }

    /**
     * Undoes a publication, even a partial one: the former version becomes live again.
     *
     * @param targets targets of the publication
     * @param sha256 digest of the published export
     * @param champion digest of the former live version, null for none
     */
    void withdraw(
            String pipeline, List<Target> targets, String sha256, @Nullable String champion, String runId, Fence fence)
            throws IOException {
        var unused = changing(pipeline, () -> {
            withdrawn(pipeline, targets, sha256, champion, runId, fence);
            return pipeline;
        });
    }

    private void withdrawn(
            String pipeline, List<Target> targets, String sha256, @Nullable String champion, String runId, Fence fence)
            throws IOException {
        AliasHistory history = history(pipeline);
        if (sha256.equals(history.current()) && !sha256.equals(champion)) {
            if (champion == null) {
                return; // the first publication was completed: there is no former version
            }
            List<Target> holding = new ArrayList<>();
            for (Target target : targets) {
                if (places.open(target).holds(VersionFolder.version(champion))) {
                    holding.add(target);
                }
            }
            move(pipeline, holding, champion, Reason.ROLL_BACK, runId, fence);
            history = history(pipeline);
        }
        repair(history, targets, sha256);
    }

    /**
     * Removes a version from all targets of a pipeline, for good. A target whose alias points at it keeps it. No publication
     * moves the alias of a former target any more, so an alias there that points at the version is removed first.
     *
     * @param sha256 digest of the export
     * @return what is or may be left, one sentence each
     */
    public List<String> remove(String pipeline, String sha256) throws IOException {
        String version = VersionFolder.version(sha256);
        List<String> left = new ArrayList<>();
        AliasHistory history = history(pipeline);
        for (Target target : history.places()) {
            String what = "version %s of %s in %s".formatted(version, pipeline, target.folder());
            if (!S3Address.names(target.folder()) && !Files.isDirectory(Path.of(target.folder()))) {
                left.add(what + ", if that folder is on another machine: this one does not have it");
                continue;
            }
            try {
                TargetPlace place = places.open(target);
                if (history.former().contains(target)) {
                    place.unpoint(version);
                }
                place.remove(version);
                if (place.versions().contains(version)) {
                    left.add(what + ", because the alias there points at it");
                }
            } catch (StageProblem refused) {
                left.add("%s, because %s".formatted(what, refused.getMessage()));
            }
        }
        return left;
    }

    private Move move(String pipeline, List<Target> targets, String sha256, Reason reason, String runId, Fence fence)
            throws IOException {
        for (Target target : targets) {
            places.open(target).point(VersionFolder.version(sha256));
        }
        AliasHistory history = history(pipeline);
        Move last = history.last();
        if (last != null && last.sha256().equals(sha256) && history.targets().equals(targets)) {
            return last; // an earlier attempt made this move
        }
        AliasHistory moved = history.moved(targets, sha256, reason, runId);
        try {
            store.putRecord(PREFIX + pipeline, SpecJson.mapper().writeValueAsString(moved), fence);
        } catch (FencedException superseded) {
            repair(history(pipeline), targets, sha256);
            throw superseded;
        }
        return Objects.requireNonNull(moved.last());
    }

    /** Links have no fencing token: a stale attempt restores the link that the record names. */
    private void repair(AliasHistory history, List<Target> targets, String superseded) throws IOException {
        String current = history.current();
        for (Target target : targets) {
            TargetPlace place = places.open(target);
            if (current != null && place.holds(VersionFolder.version(current))) {
                place.point(VersionFolder.version(current));
            } else {
                place.unpoint(VersionFolder.version(superseded));
            }
        }
    }

    private AliasHistory published(String pipeline) throws IOException {
        AliasHistory history = history(pipeline);
        if (history.moves().isEmpty()) {
            throw StageProblem.invalid("pipeline '%s' has published nothing; published are: %s"
                    .formatted(pipeline, String.join(", ", pipelines())));
        }
        return history;
    }

    /**
     * Refuses a version whose export `septet gc` has removed: a model server reads it from the store. The export counts as used
     * from now on, so a garbage collection that runs now leaves it.
     */
    private void requireStored(String pipeline, String sha256) throws IOException {
        Routes routes = new Routes(store);
        if (routes.route(pipeline).isEmpty()) {
            return; // an earlier version published without a route, and nothing is served from the store
        }
        try {
            store.renew(routes.known(pipeline, sha256).artifact());
        } catch (CorruptArtifactException removed) {
            throw StageProblem.invalid(
                    "version %s of pipeline '%s' is no longer in the store: `septet gc` removes old versions (SEPTET_KEEP). Run the pipeline with the data of then, or promote a newer version"
                            .formatted(VersionFolder.version(sha256), pipeline));
        }
    }

    private static Fence byHand(String pipeline) {
        return new Fence("by hand/" + pipeline, 1);
    }
}
