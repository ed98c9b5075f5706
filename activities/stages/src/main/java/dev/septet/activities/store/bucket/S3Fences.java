package dev.septet.activities.store.bucket;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencedException;
import dev.septet.activities.store.FencingToken;
import dev.septet.activities.store.Storage;
import dev.septet.activities.store.StoreNames;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Decides which attempt of a scope may write to a bucket, which has no locks. A scope has one
 * object. To take over or to commit, an attempt must replace this object by a conditional write:
 * the object must still be the one that the attempt has read. The replacement decides a commit. It
 * contains the name of the object to write, its new text and its expected etag. The write itself
 * follows, also as a conditional write. Either the writer or the next holder of the fence does it,
 * whoever is first. So a commit is written before a later attempt begins, or never. The conditional
 * writes of an attempt that continues too late all fail.
 */
final class S3Fences implements Storage.Fencing {
    private static final int TRIES = 200;

    /**
     * Age of fences that count as left behind by a machine that no longer exists. No attempt runs
     * so long without a commit.
     */
    private static final Duration OLD = Duration.ofDays(30);

    private static final String FOLDER = "fences/";
    private static final String SUFFIX = ".json";

    private final S3Objects objects;
    private final Fence.Opened opened = new Fence.Opened();

    /**
     * Distinguishes this process's replacements from those of other processes with the same attempt
     * number.
     */
    private final String writer = UUID.randomUUID().toString();

    /** For each scope, the last decided commit, if this process knows that it was written. */
    private final ConcurrentMap<String, String> written = new ConcurrentHashMap<>();

    /**
     * A scope's object.
     *
     * @param attempt newest attempt that has opened the fence; 0 = none
     * @param scheduledMillis when its activity was scheduled; 0 = outside of activities, or by an
     *     earlier version
     * @param sequence number that grows with each replacement
     * @param writer process that wrote this object
     * @param pending decided commit, perhaps not yet written
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record State(
            int attempt,
            long scheduledMillis,
            long sequence,
            String writer,
            @Nullable Pending pending) {
        static final State NONE = new State(0, 0, 0, "", null);

        FencingToken token() {
            return new FencingToken(scheduledMillis, attempt);
        }
    }

    /**
     * A decided commit.
     *
     * @param expected etag of the object that it replaces, null = there was none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Pending(String name, String text, @Nullable String expected) {}

    /** Creates the text that a commit writes. It is called again after another commit was first. */
    @FunctionalInterface
    interface Text {
        /**
         * The object's text.
         *
         * @param stamp unique stamp of the commit
         * @param before the text that it replaces, null = there was none
         */
        String of(String stamp, @Nullable String before);
    }

    /** Determines from an object's text whether a commit was written. */
    @FunctionalInterface
    interface Trace {
        /** Whether this commit or a later one wrote the text. */
        boolean shows(String text, String stamp) throws IOException;
    }

    private record Read(State state, @Nullable String etag) {}

    S3Fences(S3Objects objects) {
        this.objects = objects;
    }

    /**
     * Takes the right to write. When the method returns, all commits that were decided before are
     * written.
     */
    @Override
    public void open(Fence fence) throws IOException {
        replace(fence, true, stamp -> null);
        opened.add(fence);
    }

    /**
     * Ends an attempt: it may not write any more. A decided commit is written, then the scope's
     * object is removed.
     */
    @Override
    public void release(Fence fence) throws IOException {
        if (!opened.contains(fence)) {
            return;
        }
        try {
            Read last = replace(fence, false, stamp -> null);
            String etag = last.etag();
            if (etag != null && last.state().token().equals(fence.token())) {
                objects.deleteIf(name(fence.scope()), etag);
            }
        } catch (FencedException fenced) {
            // The object belongs to another attempt, or does not exist any more.
        }
        written.remove(fence.scope());
        opened.end(fence);
    }

    /** Scopes whose object was not written for a month. */
    @Override
    public List<String> left() throws IOException {
        return objects.olderThan(FOLDER, Instant.now().minus(OLD)).stream()
                .filter(name -> name.endsWith(SUFFIX))
                .map(name -> name.substring(FOLDER.length(), name.length() - SUFFIX.length()))
                .map(StoreNames::decoded)
                .toList();
    }

    /** Removes a scope's object, unless it was written in the meantime. */
    @Override
    public void removeLeft(String scope) throws IOException {
        Read last = read(scope);
        String etag = last.etag();
        if (etag != null) {
            write(scope, last);
            objects.deleteIf(name(scope), etag);
            written.remove(scope);
        }
    }

    /**
     * Throws an exception when a later attempt has taken over. Otherwise, decided commits are
     * written.
     */
    void check(Fence fence) throws IOException {
        replace(fence, false, stamp -> null);
    }

    /** A later attempt may take over during the work, because nothing is locked. */
    @Override
    public <R> R holding(Fence fence, Storage.Work<R> work) throws IOException {
        check(fence);
        return work.run();
    }

    /**
     * Writes one small object, unless a later attempt has taken over.
     *
     * @throws FencedException when a later attempt has taken over; nothing was written
     */
    void commit(Fence fence, String name, Text text) throws IOException {
        Read decided = replace(fence, false, stamp -> pending(name, objects.read(name), text, stamp));
        write(fence.scope(), decided);
    }

    /**
     * Writes one small object only if it is the expected one at the time of the write.
     *
     * @param expected whether it may be replaced; empty = there is none
     * @return false when the object is not the expected one; nothing was written
     */
    boolean commitIf(Fence fence, String name, Storage.Expected expected, Text text, Trace trace) throws IOException {
        boolean[] allowed = {false};
        Read decided = replace(fence, false, stamp -> {
            Optional<S3Objects.Stored> now = objects.read(name);
            allowed[0] = expected.test(now.map(S3Objects.Stored::text));
            return allowed[0] ? pending(name, now, text, stamp) : null;
        });
        if (!allowed[0]) {
            return false;
        }
        if (write(fence.scope(), decided)) {
            return true;
        }
        // The next holder of the fence may have written it.
        String stamp = stamp(fence, decided.state().sequence());
        Optional<S3Objects.Stored> now = objects.read(name);
        return now.isPresent() && trace.shows(now.get().text(), stamp);
    }

    private static Pending pending(String name, Optional<S3Objects.Stored> now, Text text, String stamp) {
        String before = now.map(S3Objects.Stored::text).orElse(null);
        return new Pending(
                name, text.of(stamp, before), now.map(S3Objects.Stored::etag).orElse(null));
    }

    /** Decides which commit to write; null = none. */
    @FunctionalInterface
    private interface Drafting {
        @Nullable
        Pending draft(String stamp) throws IOException;
    }

    /** Replaces the scope's object by one with the drafted commit, and returns the new object. */
    private Read replace(Fence fence, boolean taking, Drafting drafting) throws IOException {
        for (int tries = 0; tries < TRIES; tries++) {
            Read read = read(fence.scope());
            State now = read.state();
            if (fence.token().isBefore(now.token())) {
                throw new FencedException(fence, now.token());
            }
            boolean behind = now.token().isBefore(fence.token());
            if (behind && !taking && opened.contains(fence)) {
                throw new FencedException(fence);
            }
            write(fence.scope(), read);
            long sequence = now.sequence() + 1;
            Pending draft = drafting.draft(stamp(fence, sequence));
            if (draft == null && now.pending() == null && !(behind && taking)) {
                return read;
            }
            FencingToken token = behind && taking ? fence.token() : now.token();
            State next = new State(token.attempt(), token.scheduledMillis(), sequence, writer, draft);
            String etag = objects.putIf(name(fence.scope()), json(next), read.etag());
            if (etag != null) {
                return new Read(next, etag);
            }
            Read current = read(fence.scope());
            if (current.state().equals(next)) {
                return current; // it was written, but the response was lost
            }
            LockSupport.parkNanos(1_000_000L * Math.min(50, 1 + tries)); // other writers replace it at the same time
        }
        throw new IOException("%s%s: lost every conditional write to another writer; is the same attempt running twice?"
                .formatted(objects.at(), name(fence.scope())));
    }

    private static String stamp(Fence fence, long sequence) {
        return String.format(Locale.ROOT, "%s#%s#%d", fence.scope(), fence.token(), sequence);
    }

    /** Writes the decided commit. Returns whether this call wrote it. */
    private boolean write(String scope, Read read) throws IOException {
        Pending pending = read.state().pending();
        String etag = read.etag();
        if (pending == null || etag == null || etag.equals(written.get(scope))) {
            return false;
        }
        // The server refuses this when the commit is already written, or when another scope has replaced the object.
        byte[] text = pending.text().getBytes(StandardCharsets.UTF_8);
        boolean done = objects.putIf(pending.name(), text, pending.expected()) != null;
        written.put(scope, etag);
        return done;
    }

    private Read read(String scope) throws IOException {
        S3Objects.Stored stored = objects.read(name(scope)).orElse(null);
        if (stored == null) {
            return new Read(State.NONE, null);
        }
        try {
            return new Read(SpecJson.mapper().readValue(stored.text(), State.class), stored.etag());
        } catch (JsonProcessingException damaged) {
            throw new CorruptArtifactException("%s%s: is not a fence; remove it when nothing runs, then start again"
                    .formatted(objects.at(), name(scope)));
        }
    }

    private static byte[] json(State state) {
        try {
            return SpecJson.mapper().writeValueAsBytes(state);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a fence is plain JSON", e);
        }
    }

    private static String name(String scope) {
        return FOLDER + StoreNames.encoded(scope) + SUFFIX;
    }
}
