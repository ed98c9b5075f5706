package dev.septet.activities.store;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Small texts by name ({@link StoreNames}), in a folder or in a bucket: manifests, records and the
 * marker. A reader never sees a partly written text. The texts may be encrypted: {@link
 * StoredFiles} encrypts and decrypts them.
 */
public interface Storage {
    /** The full path or address of a name, for messages. */
    String at(String name);

    /**
     * A text; empty when it does not exist.
     *
     * @throws CorruptArtifactException when it exists, but is not a valid text of this name
     */
    Optional<String> get(String name) throws IOException;

    /**
     * Names below a folder, sorted. Some of them may be names of files that are not texts.
     *
     * @param folder ends in {@code /}
     */
    List<String> list(String folder) throws IOException;

    /**
     * Writes or replaces a text.
     *
     * @throws FencedException when a later attempt has taken over: nothing was written
     */
    void put(String name, String text, Fence fence) throws IOException;

    /**
     * Writes or replaces a text only if the stored text is the expected one at the time of the
     * write (compare and swap).
     *
     * @return false when the stored text is not the expected one; nothing was written
     * @throws FencedException when a later attempt has taken over: nothing was written
     */
    boolean putIf(String name, Expected expected, String text, Fence fence) throws IOException;

    /** Compare and swap without a fence, for the marker, which does not belong to an attempt. */
    boolean putIf(String name, Optional<String> expected, String text) throws IOException;

    /**
     * What is stored below a folder, texts and other files, sorted by name.
     *
     * @param folder ends in {@code /}
     */
    List<Used> entries(String folder) throws IOException;

    /**
     * Marks a text as used now, so that a garbage collection leaves it. A text that was marked within the last {@link
     * Used#RENEWED_EVERY} is not marked again.
     *
     * @return whether the text exists
     */
    boolean renew(String name) throws IOException;

    /**
     * Removes a text that was last written or used before a time. No writer of the text runs in between.
     *
     * @return whether it was removed, or did not exist
     * @throws FencedException when a later attempt has taken over
     */
    boolean removeIf(String name, Instant before, Fence fence) throws IOException;

    /** Which attempts may write here. */
    Fencing fences();

    /**
     * Something stored.
     *
     * @param bytes its size
     * @param used when it was last written or used
     */
    record Used(String name, long bytes, Instant used) {
        /** How precisely uses are recorded: a use within this time of the last one changes nothing. */
        public static final Duration RENEWED_EVERY = Duration.ofHours(1);

        /** The time of what an interrupted removal left. */
        public static final Instant PARTIAL = Instant.EPOCH;

        /** Whether a time of use is so old that the next use is recorded. */
        public static boolean isStale(Instant used) {
            return used.isBefore(Instant.now().minus(RENEWED_EVERY));
        }
    }

    /**
     * Decides whether the stored text is the one that the writer expects; empty = there is none.
     */
    @FunctionalInterface
    interface Expected {
        boolean test(Optional<String> stored) throws IOException;
    }

    /** Work that is done while a fence or a lock is held. */
    @FunctionalInterface
    interface Work<R> {
        R run() throws IOException;
    }

    /** Which attempt of a scope may write. */
    interface Fencing {
        /**
         * Takes the right to write.
         *
         * @throws FencedException when a later attempt holds it
         */
        void open(Fence fence) throws IOException;

        /**
         * Runs work that only the holder of a fence may do. In a bucket, which has no locks, a
         * later attempt may take over during the work.
         *
         * @throws FencedException when a later attempt has taken over
         */
        <R> R holding(Fence fence, Work<R> work) throws IOException;

        /** Ends an attempt: it may not write any more, and its fence is removed. */
        void release(Fence fence) throws IOException;

        /** Scopes whose newest attempt was killed. */
        List<String> left() throws IOException;

        /**
         * Removes the fence that a killed attempt left, unless another attempt has taken it since.
         */
        void removeLeft(String scope) throws IOException;
    }

    /**
     * A stored text. If it is encrypted, it names its key.
     *
     * @param name full path or address, for messages
     * @param place the place that an encrypted text is bound to: elsewhere it does not decrypt
     * @param stored the stored form, perhaps encrypted
     */
    record Text(String name, String place, String stored) {}

    /** Receives texts one after the other. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Receives a text.
         *
         * @return whether to continue
         */
        boolean visit(Text text) throws IOException;
    }

    /**
     * Passes all manifests and records to the visitor, until it returns false. Texts that are
     * removed meanwhile are left out.
     */
    default void texts(Visitor visitor) throws IOException {
        for (String folder : List.of(StoreNames.ARTIFACTS, StoreNames.CHECKPOINTS, StoreNames.RECORDS)) {
            for (String name : list(folder)) {
                String place = StoreNames.place(name);
                Optional<String> stored = place == null ? Optional.empty() : readable(name);
                if (place != null && stored.isPresent() && !visitor.visit(new Text(at(name), place, stored.get()))) {
                    return;
                }
            }
        }
    }

    private Optional<String> readable(String name) throws IOException {
        try {
            return get(name);
        } catch (CorruptArtifactException damaged) {
            return Optional.of(""); // names no key
        }
    }
}
