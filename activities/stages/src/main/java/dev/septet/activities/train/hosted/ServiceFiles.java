package dev.septet.activities.train.hosted;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.endpoint.EndpointClient;
import dev.septet.activities.endpoint.EndpointClient.Failure;
import dev.septet.activities.secret.MaskedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files of a run at a service. Their names are made from the run and their content, so an upload whose answer was
 * lost is found again.
 *
 * @param run short name of the run at the service
 */
record ServiceFiles(EndpointClient client, String run) {
    private static final int DIGITS = 8;

    /**
     * A file at the service.
     *
     * @param bytes 0 = the service does not tell
     * @param createdAt seconds since 1970
     * @param state such as {@code processed}; empty = the service does not tell
     * @param details why the service refuses it; empty = it does not
     */
    record Uploaded(String id, String name, long bytes, long createdAt, String state, String details) {
        private static Optional<Uploaded> of(JsonNode json) {
            return ServiceIds.of(json.path("id"))
                    .map(id -> new Uploaded(
                            id,
                            json.path("filename").asText(),
                            json.path("bytes").asLong(0),
                            json.path("created_at").asLong(0),
                            json.path("status").asText(),
                            json.path("status_details").asText()));
        }

        /** Why the service refuses it. */
        String reason() {
            return details.isBlank() ? "it gives no reason" : MaskedText.lineWithoutQuotes(details);
        }

        /** Whether the service refuses its content. */
        boolean refused() {
            return state.equals("error");
        }

        /** Whether a job may use it now. */
        boolean ready() {
            return state.isEmpty() || state.equals("processed") || state.equals("uploaded");
        }
    }

    /**
     * Uploads a split, unless it is there.
     *
     * @param sha256 digest of the rows
     * @param expiry when the service may delete it; empty = never
     */
    Uploaded upload(String split, Path rows, String sha256, Optional<Duration> expiry) throws IOException {
        String name = name(split, sha256);
        long size = Files.size(rows);
        Optional<Uploaded> there = find(name, size);
        if (there.isPresent()) {
            return there.get();
        }
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("purpose", "fine-tune");
        expiry.ifPresent(time -> {
            fields.put("expires_after[anchor]", "created_at");
            fields.put("expires_after[seconds]", Long.toString(time.toSeconds()));
        });
        try {
            Optional<Uploaded> answer = Uploaded.of(client.upload("files", fields, name, rows));
            if (answer.isPresent()) {
                return answer.get();
            }
        } catch (Failure e) {
            if (!e.mayHaveArrived()) {
                throw e;
            }
            return find(name, size).orElseThrow(() -> e);
        }
        return find(name, size).orElseThrow(() -> new IOException("the service names no uploaded file"));
    }

    private String name(String split, String sha256) {
        return "%s%s-%s.jsonl".formatted(prefix(), sha256.substring(0, DIGITS), split);
    }

    private String prefix() {
        return run + "-";
    }

    /**
     * The oldest file of a name, so that every attempt finds the same one. A list that ends early may hide it; then the
     * rows are uploaded once more, which costs nothing, and {@link #delete} does not count as done.
     */
    private Optional<Uploaded> find(String name, long size) throws Failure {
        return own().files().stream()
                .filter(file -> file.name().equals(name))
                .filter(file -> file.bytes() == 0 || file.bytes() == size)
                .min(Comparator.comparingLong(Uploaded::createdAt).thenComparing(Uploaded::id));
    }

    /**
     * Whether the service has a file. A service that answers no such question has it.
     *
     * @param id null = no file is needed
     */
    boolean has(@Nullable String id) throws Failure {
        try {
            if (id != null) {
                client.get("files/" + id);
            }
            return true;
        } catch (Failure e) {
            if (e.away() || e.denied()) {
                throw e;
            }
            return !e.missing();
        }
    }

    /**
     * The files of the run that the service lists.
     *
     * @param complete whether there can be no other
     */
    private record Own(List<Uploaded> files, boolean complete) {}

    private Own own() throws Failure {
        List<Uploaded> all = new ArrayList<>();
        boolean complete = new Pages(client, "files?purpose=fine-tune&limit=1000").forEach(json -> {
            Uploaded.of(json).filter(file -> file.name().startsWith(prefix())).ifPresent(all::add);
            return true;
        });
        return new Own(all, complete);
    }

    /**
     * Deletes all files of the run.
     *
     * @throws Failure also when the service's list ends early, so that it may have others
     */
    void delete() throws Failure {
        Own own = own();
        for (Uploaded file : own.files()) {
            try {
                client.delete("files/" + file.id());
            } catch (Failure e) {
                if (!e.missing()) {
                    throw e;
                }
            }
        }
        if (!own.complete()) {
            throw EndpointClient.Failure.incomplete(
                    client.endpoint(), "does not list all of its files, so rows of this run may still be there");
        }
    }
}
