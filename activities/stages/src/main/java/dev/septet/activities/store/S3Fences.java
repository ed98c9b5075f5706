package dev.septet.activities.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides which attempt of a scope may write, in a store without locks. A scope has one object. A
 * takeover or a commit replaces this object on the condition that it has not changed since it was
 * read.
 *
 * <p>The replacement decides a commit: it names the object to write and that object's former state.
 * The write itself follows, on the same condition. It is done by the writer or by the next holder
 * of the fence, whoever is first. So a commit is visible before a later attempt begins, or never.
 * An attempt that continues late finds that the conditions of its writes no longer hold.
 */
final class S3Fences {
    private static final int TRIES = 200;

    /** A machine that is gone leaves its fences; nothing runs this long without a commit. */
    private static final Duration OLD = Duration.ofDays(30);

    private static final String FOLDER = "fences/";
    private static final String SUFFIX = ".json";

    private final S3Objects objects;
    private final OpenedFences opened = new OpenedFences();

    /**
     * Distinguishes this process's replacements from those of other processes with the same attempt
     * number.
     */
    private final String writer = UUID.randomUUID().toString();

    /** The last decided commit of each scope that this process knows to be written. */
    private final ConcurrentMap<String, String> written = new ConcurrentHashMap<>();

    /**
     * The content of a scope's object.
     *
     * @param attempt newest attempt that has opened the fence; 0 = none
     * @param scheduledMillis when its activity was scheduled; 0 = outside of activities, or by an
     *     earlier version
     * @param sequence increases with each replacement
     * @param writer process that wrote this object
     * @param pending decided commit that may not be written yet
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
     * @param expected ETag of the object that it replaces, null = there was none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Pending(String name, String text, @Nullable String expected) {}

    /** Creates the text of a commit; called again whenever another commit came first. */
    @FunctionalInterface
    public interface Text {
        /**
         * The object's text.
         *
         * @param stamp differs from that of every other commit
         * @param before the text that it replaces, null = there was none
         */
        String of(String stamp, @Nullable String before);
    }

    /** Finds out from an object's text whether a commit was written. */
    @FunctionalInterface
    interface Trace {
        /** Whether this commit, or a later one, wrote the text. */
        boolean shows(String text, String stamp);
    }

    private record Read(State state, @Nullable String etag) {}

    S3Fences(S3Objects objects) {
        this.objects = objects;
    }

    /** Acquires the right to write; all commits decided before are written when this returns. */
    void open(Fence fence) throws IOException {
        replace(fence, true, () -> null);
        opened.add(fence);
    }

    /**
     * Ends an attempt: it may no longer write, and its object is removed. Decided commits are
     * written before.
     */
    void release(Fence fence) throws IOException {
        if (!opened.contains(fence)) {
            return;
        }
        try {
            Read last = replace(fence, false, () -> null);
            String etag = last.etag();
            if (etag != null && last.state().token().equals(fence.token())) {
                objects.deleteIf(name(fence.scope()), etag);
            }
        } catch (FencedException overtaken) {
            // The object belongs to another attempt, or is gone.
        }
        written.remove(fence.scope());
        opened.end(fence);
    }

    /** Scopes whose object has not been written for a month. */
    List<String> left() throws IOException {
        return objects.olderThan(FOLDER, Instant.now().minus(OLD)).stream()
                .filter(name -> name.endsWith(SUFFIX))
                .map(name -> name.substring(FOLDER.length(), name.length() - SUFFIX.length()))
                .map(StoreNames::decoded)
                .toList();
    }

    /** Removes a scope's object, unless it was written meanwhile. */
    void removeLeft(String scope) throws IOException {
        Read last = read(scope);
        String etag = last.etag();
        if (etag != null) {
            write(scope, last);
            objects.deleteIf(name(scope), etag);
            written.remove(scope);
        }
    }

    /** Throws when a later attempt has taken over; otherwise writes decided commits. */
    void check(Fence fence) throws IOException {
        replace(fence, false, () -> null);
    }

    /**
     * Writes one small object, or nothing when a later attempt has taken over.
     *
     * @throws FencedException when a later attempt has taken over
     */
    void commit(Fence fence, String name, Text text) throws IOException {
        Read decided = replace(fence, false, () -> draft(name, text));
        write(fence.scope(), decided);
    }

    /**
     * Like {@link #commit}, but only if the object has an expected text until the write itself.
     *
     * @param believed whether the present text may be replaced; empty = there is no object
     * @return false when another writer was faster: nothing was written
     */
    boolean commitIf(Fence fence, String name, Predicate<Optional<String>> believed, Text text, Trace trace)
            throws IOException {
        boolean[] allowed = {false};
        Read decided = replace(fence, false, () -> {
            Draft draft = draft(name, text);
            allowed[0] = believed.test(Optional.ofNullable(draft.before()));
            return allowed[0] ? draft : null;
        });
        if (!allowed[0]) {
            return false;
        }
        if (write(fence.scope(), decided)) {
            return true;
        }
        // The next holder of the fence may have written it.
        String stamp = stamp(fence, decided.state().sequence());
        return objects.read(name).filter(now -> trace.shows(now.text(), stamp)).isPresent();
    }

    private Draft draft(String name, Text text) throws IOException {
        S3Objects.Stored now = objects.read(name).orElse(null);
        return now == null ? new Draft(text, name, null, null) : new Draft(text, name, now.text(), now.etag());
    }

    private record Draft(
            Text text,
            String name,
            @Nullable String before,
            @Nullable String expected) {}

    @FunctionalInterface
    private interface Drafting {
        @Nullable
        Draft draft() throws IOException;
    }

    /** Replaces the scope's object, unless it already has the wanted state; returns the object. */
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
            Draft draft = drafting.draft();
            if (draft == null && now.pending() == null && !(behind && taking)) {
                return read;
            }
            FencingToken token = behind && taking ? fence.token() : now.token();
            long sequence = now.sequence() + 1;
            State next = new State(
                    token.attempt(),
                    token.scheduledMillis(),
                    sequence,
                    writer,
                    draft == null ? null : pending(draft, fence, sequence));
            String etag = objects.putIf(name(fence.scope()), json(next), read.etag());
            if (etag != null) {
                return new Read(next, etag);
            }
            Read there = read(fence.scope());
            if (there.state().equals(next)) {
                return there; // it was written, and the response was lost
            }
            LockSupport.parkNanos(1_000_000L * Math.min(50, 1 + tries)); // other writers are active
        }
        throw new IOException("%s%s: lost every conditional write to another writer; is the same attempt running twice?"
                .formatted(objects.at(), name(fence.scope())));
    }

    private static Pending pending(Draft draft, Fence fence, long sequence) {
        String text = draft.text().of(stamp(fence, sequence), draft.before());
        return new Pending(draft.name(), text, draft.expected());
    }

    private static String stamp(Fence fence, long sequence) {
        return "%s#%s#%d".formatted(fence.scope(), fence.token(), sequence);
    }

    /** Writes a decided commit; returns whether this call wrote it. */
    private boolean write(String scope, Read read) throws IOException {
        Pending pending = read.state().pending();
        String etag = read.etag();
        if (pending == null || etag == null || etag.equals(written.get(scope))) {
            return false;
        }
        // Refused when it is written already, or when another scope has replaced it since.
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
