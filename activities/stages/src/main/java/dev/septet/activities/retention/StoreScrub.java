package dev.septet.activities.retention;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.activities.result.StoredResult;
import dev.septet.activities.serving.Route;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads every byte of a store and compares it with its digest. Records have no digest, so what they say is compared with what other
 * records and artifacts say.
 *
 * @param artifacts number of artifacts that were read
 * @param checkpoints number of trainings whose checkpoints were read
 * @param records number of records that were read; they have no digest of their own, so only encrypted ones are verified
 *     byte by byte
 * @param bytes size of the artifacts
 * @param locked number of artifacts, checkpoints and records whose key is not configured
 * @param findings what is damaged
 */
public record StoreScrub(int artifacts, int checkpoints, int records, long bytes, int locked, List<Finding> findings) {
    /**
     * A damaged object.
     *
     * @param found which file, and what is wrong with it
     * @param usedBy what refers to it
     * @param next what to do
     */
    public record Finding(String found, List<String> usedBy, String next) {
        public Finding {
            usedBy = List.copyOf(usedBy);
        }
    }

    public StoreScrub {
        findings = List.copyOf(findings);
    }

    /**
     * Reads a store.
     *
     * @param progress receives the number of bytes read so far
     */
    public static StoreScrub of(ArtifactStore store, LongConsumer progress) throws IOException {
        List<Finding> findings = new ArrayList<>();
        StoreGraph graph = StoreGraph.of(store, (name, why) -> {
            if (why instanceof JsonProcessingException) { // what cannot be decrypted is found below, with all records
                findings.add(record(name, name + ": is not a result"));
            }
        });
        long bytes = 0;
        int locked = 0;
        for (String digest : graph.artifacts().keySet()) {
            try {
                bytes += store.contents().verify(digest);
                progress.accept(bytes);
            } catch (MissingKeyException withoutKey) {
                locked++;
            } catch (CorruptArtifactException damaged) {
                if (store.contents().artifacts().stream()
                        .anyMatch(each -> each.name().equals(digest))) {
                    findings.add(artifact(store, graph, digest, String.valueOf(damaged.getMessage())));
                } // else a garbage collection has just removed it
            }
        }
        List<Storage.Used> scopes = store.contents().checkpoints();
        for (Storage.Used scope : scopes) {
            ArtifactStore.Contents.VerifiedCheckpoints verified =
                    store.contents().verifyCheckpoints(scope.name());
            locked += verified.locked();
            for (String damaged : verified.damaged()) {
                findings.add(new Finding(
                        damaged,
                        List.of("the training " + scope.name()),
                        "nothing must be done: the training continues from the newest checkpoint that verifies"));
            }
        }
        RecordCrossCheck check = new RecordCrossCheck(store, graph);
        for (String name : graph.records().keySet()) {
            try {
                Optional<String> text = store.record(name);
                for (String contradiction :
                        text.isEmpty() ? List.<String>of() : check.contradictions(name, text.get())) {
                    findings.add(contradicted(name, contradiction));
                }
            } catch (MissingKeyException withoutKey) {
                locked++;
            } catch (CorruptArtifactException damaged) {
                findings.add(record(name, String.valueOf(damaged.getMessage())));
            }
        }
        return new StoreScrub(
                graph.artifacts().size(), scopes.size(), graph.records().size(), bytes, locked, findings);
    }

    private static Finding contradicted(String name, String contradiction) {
        boolean computed =
                name.startsWith(RecordKind.RESULTS.prefix()) || name.startsWith(RecordKind.SUPERSEDED.prefix());
        return new Finding(
                "the record %s: %s".formatted(name, contradiction),
                List.of("the record " + name),
                computed
                        ? "restore this file from a backup, or delete it: Septet computes a result without its record again"
                        : "restore this file from a backup; an alias or a route is also written again by the next"
                                + " publication of its pipeline");
    }

    private static Finding record(String name, String found) {
        return new Finding(
                found,
                List.of("the record " + name),
                "restore this file from a backup, or delete it: Septet computes a result without its record again");
    }

    /** The route of a pipeline; null without one, and when its record cannot be read, which the look at records finds. */
    private static @Nullable Route route(ArtifactStore store, String pipeline) throws IOException {
        try {
            return new Routes(store).route(pipeline).orElse(null);
        } catch (CorruptArtifactException | MissingKeyException | StageProblem unreadable) {
            return null;
        }
    }

    private static Finding artifact(ArtifactStore store, StoreGraph graph, String digest, String found)
            throws IOException {
        Set<String> usedBy = new TreeSet<>();
        boolean served = false;
        for (String pipeline : new Routes(store).pipelines()) {
            Route route = route(store, pipeline);
            Variant challenger = route == null ? null : route.challenger();
            for (Variant each : route == null
                    ? List.<Variant>of()
                    : challenger == null ? List.of(route.champion()) : List.of(route.champion(), challenger)) {
                boolean base = each.base() != null && each.base().sha256().equals(digest);
                if (each.sha256().equals(digest) || base) {
                    served = true;
                    usedBy.add("the served version %s of %s".formatted(each.version(), pipeline));
                }
            }
        }
        for (StoredResult result : graph.producers(digest)) {
            usedBy.add("the result of `%s` in run %s".formatted(result.stage(), result.runId()));
        }
        for (StoredResult result : graph.results()) {
            if (result.key().parts().stream().anyMatch(part -> part.value().equals(digest))) {
                usedBy.add("the result of `%s` in run %s, which was computed from it"
                        .formatted(result.stage(), result.runId()));
            }
        }
        if (usedBy.isEmpty()) {
            usedBy.add("no result");
        }
        String next = served
                ? "check the disk, then roll back or run the pipeline again now: a model server that starts cannot"
                        + " load this version"
                : "check the disk; `septet doctor --fix` moves it aside, and the next run that needs it computes it"
                        + " again";
        return new Finding(found, List.copyOf(usedBy), next);
    }
}
