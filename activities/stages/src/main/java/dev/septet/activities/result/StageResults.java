package dev.septet.activities.result;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.Origin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finished results, stored under digests of their dependencies. A repeated attempt finds its own
 * finished results here, and a later run with the same inputs reuses them.
 *
 * <p>Records: {@code results/<stage>/<key digest>} and, to explain reruns, {@code
 * latest/<pipeline>/<stage>}, for a fold of a cross-validation with {@code /fold-1} and so on, and for a
 * candidate of the base model with {@code /candidate-0} and so on. A result that another one
 * replaces stays as {@code superseded/<stage>/<key digest>/<digits>}: its artifacts are still in the store, and only that record
 * says what they were made of.
 */
public final class StageResults {
    /** The end of the run id of a fold or a candidate, as {@code PipelineWorkflowImpl} names it. */
    private static final Pattern PART = Pattern.compile("/((?:fold|candidate)-\\d+)$");

    private static final int DIGITS = 12;

    private final ArtifactStore store;

    /** Computes a result, which must hold the given origin in a component named {@code origin}. */
    @FunctionalInterface
    public interface Work<R> {
        R compute(Origin origin) throws Exception;
    }

    /**
     * A finished result.
     *
     * @param runId run that made it
     */
    record Finished(String runId, StageKey key, JsonNode result) {}

    public StageResults(ArtifactStore store) {
        this.store = store;
    }

    /**
     * The result of this key: the stored one when all of its artifacts still verify, else a new
     * one, which is then stored.
     */
    public <R> R once(RunRef run, StageKey key, Fence fence, Class<R> type, Work<R> work) throws Exception {
        return once(run, key, "", fence, type, work);
    }

    /**
     * Like {@link #once(RunRef, StageKey, Fence, Class, Work)}, for a stage with several results in
     * one run.
     *
     * @param part name of the result, such as {@code trial-3}; changes are explained part by part
     */
    public <R> R once(RunRef run, StageKey key, String part, Fence fence, Class<R> type, Work<R> work)
            throws Exception {
        Optional<R> found = find(run, key, part, fence, type);
        if (found.isPresent()) {
            return found.get();
        }
        R result = work.compute(origin(run, key, part));
        commit(run, key, part, fence, result);
        return result;
    }

    /** The stored result of this key, when all of its artifacts still verify. */
    public <R> Optional<R> find(RunRef run, StageKey key, String part, Fence fence, Class<R> type) throws IOException {
        Optional<Finished> found = read(name(key));
        if (found.isEmpty()
                || mustRecompute(run, key, found.get())
                || damageOf(found.get().result()) != null
                || !store.renew(name(key))) { // a garbage collection has just removed it
            return Optional.empty();
        }
        recordLatest(latest(run, key, part), found.get(), fence);
        return Optional.of(reused(run, found.get(), type));
    }

    /** The origin of a new result of this key. */
    public Origin origin(RunRef run, StageKey key, String part) throws IOException {
        Optional<Finished> found = read(name(key));
        String damage = found.isEmpty() ? null : damageOf(found.get().result());
        if (found.isPresent() && mustRecompute(run, key, found.get())) {
            return new Origin(key.digest(), null, "made again: the run was resumed from %s".formatted(run.anewFrom()));
        }
        String reason = damage != null
                ? "made again: the stored result is damaged (%s)".formatted(damage)
                : RerunReason.why(key, read(latest(run, key, part)).orElse(null));
        return new Origin(key.digest(), null, reason);
    }

    /** Stores a new result of this key. */
    public <R> void commit(RunRef run, StageKey key, String part, Fence fence, R result) throws IOException {
        Finished finished = new Finished(run.runId(), key, SpecJson.mapper().valueToTree(result));
        keepReplaced(finished, fence);
        store.putRecord(name(key), text(finished), fence);
        recordLatest(latest(run, key, part), finished, fence);
    }

    /** Keeps the record of a result with artifacts that the new result has not. An interrupted call may be repeated. */
    private void keepReplaced(Finished finished, Fence fence) throws IOException {
        StageKey key = finished.key();
        Optional<Finished> former = read(name(key));
        if (former.isPresent()
                && !StoredResult.artifacts(finished.result())
                        .containsAll(StoredResult.artifacts(former.get().result()))) {
            String text = text(former.get());
            String digits = Sha256.of(text).substring(0, DIGITS);
            store.putRecord(
                    "%s%s/%s/%s".formatted(StoredResult.SUPERSEDED, key.stage(), key.digest(), digits), text, fence);
        }
    }

    /**
     * Stores an earlier version's result also under the present key of its parts, unless that key
     * has a result.
     *
     * @param former former key of the same parts
     */
    public void rename(StageKey former, StageKey key, Fence fence) throws IOException {
        Optional<Finished> found = read(name(key)).isPresent() ? Optional.empty() : read(name(former));
        if (found.isPresent()) {
            Finished renamed =
                    new Finished(found.get().runId(), key, found.get().result());
            store.putRecord(name(key), text(renamed), fence);
        }
    }

    /**
     * A stored result.
     *
     * @param runId run that made it
     */
    public record Stored<R>(String runId, R result) {}

    /** The whole stored result of this key; for plans. */
    public <R> Optional<Stored<R>> stored(StageKey key, Class<R> type) throws IOException {
        Optional<Finished> found = read(name(key));
        if (found.isEmpty() || damageOf(found.get().result()) != null) {
            return Optional.empty();
        }
        R result = SpecJson.mapper().treeToValue(found.get().result(), type);
        return Optional.of(new Stored<>(found.get().runId(), result));
    }

    /**
     * The result of the pipeline's last run, when its key differs from this one only in some
     * groups; for estimates.
     *
     * @param ignored groups that may differ, or be in only one of the keys
     */
    public <R> Optional<Stored<R>> similar(String pipeline, StageKey key, Set<String> ignored, Class<R> type)
            throws IOException {
        Optional<Finished> last = read("latest/%s/%s".formatted(pipeline, key.stage()));
        return last.isPresent() && last.get().key().without(ignored).equals(key.without(ignored))
                ? stored(last.get().key(), type)
                : Optional.empty();
    }

    /** The reason of a new result of this key: what changed since the pipeline's last run. */
    public String why(String pipeline, StageKey key) throws IOException {
        return RerunReason.why(
                key, read("latest/%s/%s".formatted(pipeline, key.stage())).orElse(null));
    }

    /** Whether a run of the pipeline ever had a result of the stage, which may be gone. */
    public boolean everFinished(String pipeline, Stage stage) throws IOException {
        return read("latest/%s/%s".formatted(pipeline, stage.word())).isPresent();
    }

    /** The result of a stage in a pipeline's last run that finished the stage; empty when it is gone. Its artifacts may be gone. */
    public Optional<StoredResult> last(String pipeline, Stage stage) throws IOException {
        Optional<Finished> latest = read("latest/%s/%s".formatted(pipeline, stage.word()));
        if (latest.isEmpty()) {
            return Optional.empty();
        }
        String name = name(latest.get().key());
        return read(name).map(found -> new StoredResult(name, found.runId(), found.key(), found.result()));
    }

    /** The key of a result, when it is still stored; for comparisons. */
    public Optional<StageKey> key(Stage stage, String digest) throws IOException {
        return read("results/%s/%s".formatted(stage.word(), digest)).map(Finished::key);
    }

    /** Whether another run made it, and this run must compute its own result. */
    private static boolean mustRecompute(RunRef run, StageKey key, Finished found) {
        return run.reruns(key.stage()) && !found.runId().equals(run.runId());
    }

    private <R> R reused(RunRef run, Finished finished, Class<R> type) throws IOException {
        ObjectNode result = finished.result().deepCopy();
        if (!finished.runId().equals(run.runId())) {
            result.set(
                    "origin",
                    SpecJson.mapper()
                            .valueToTree(new Origin(
                                    finished.key().digest(),
                                    finished.runId(),
                                    "unchanged: same %s as in run %s"
                                            .formatted(
                                                    RerunReason.list(
                                                            finished.key().groups()),
                                                    finished.runId()))));
        }
        return SpecJson.mapper().treeToValue(result, type);
    }

    private @Nullable String damageOf(JsonNode result) throws IOException {
        try {
            for (JsonNode node : result.findParents("sha256")) {
                if (node.has("uri") && node.has("sizeBytes")) {
                    store.fetch(SpecJson.mapper().treeToValue(node, ArtifactRef.class));
                }
            }
            return null;
        } catch (CorruptArtifactException e) {
            return e.getMessage();
        }
    }

    private void recordLatest(String latest, Finished finished, Fence fence) throws IOException {
        String text = text(
                new Finished(finished.runId(), finished.key(), SpecJson.mapper().nullNode()));
        if (!store.record(latest).equals(Optional.of(text))) {
            store.putRecord(latest, text, fence);
        }
    }

    private Optional<Finished> read(String name) throws IOException {
        Optional<String> text = store.record(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(SpecJson.mapper().readValue(text.get(), Finished.class));
        } catch (JsonProcessingException damaged) {
            return Optional.empty(); // treated as never finished: it is computed again
        }
    }

    private static String text(Finished finished) throws IOException {
        return SpecJson.mapper().writeValueAsString(finished);
    }

    private static String name(StageKey key) {
        return "results/%s/%s".formatted(key.stage(), key.digest());
    }

    private static String latest(RunRef run, StageKey key, String part) {
        List<String> names = new ArrayList<>(List.of("latest", run.pipeline(), key.stage()));
        // A fold of a cross-validation and a candidate have their own inputs, which would explain no later run.
        Matcher own = PART.matcher(run.runId());
        if (own.find()) {
            names.add(own.group(1));
        }
        if (!part.isEmpty()) {
            names.add(part);
        }
        return String.join("/", names);
    }
}
