package dev.septet.activities.store;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Small texts by name ({@link StoreNames}), in a folder or in a bucket: manifests, records and the
 * marker. What a reader sees is always whole. The texts are as they lie there: {@link StoredFiles}
 * encrypts and decrypts them.
 */
public interface Storage {
    /** Where a name is, for messages. */
    String at(String name);

    /**
     * A text, if it is there.
     *
     * @throws CorruptArtifactException when it is there and cannot be a text of this name
     */
    Optional<String> get(String name) throws IOException;

    /**
     * Names below a folder, sorted; some of them may be no texts.
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
     * Writes or replaces a text, but only if it is what its writer expects, up to the write itself.
     *
     * @return false when it is another one: nothing was written
     * @throws FencedException when a later attempt has taken over: nothing was written
     */
    boolean putIf(String name, Expected expected, String text, Fence fence) throws IOException;

    /** The same without a fence, for the marker: it belongs to no attempt. */
    boolean putIf(String name, Optional<String> expected, String text) throws IOException;

    /** Which attempts may write here. */
    Fencing fences();

    /** What a writer expects to replace. */
    @FunctionalInterface
    interface Expected {
        boolean test(Optional<String> stored) throws IOException;
    }

    /** What is done while a fence or a lock is held. */
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
         * Does what only the holder of a fence may do. Where nothing can be locked, a later attempt
         * may take over meanwhile.
         *
         * @throws FencedException when a later attempt has taken over
         */
        <R> R holding(Fence fence, Work<R> work) throws IOException;

        /** Ends an attempt: it may not write any more, and nothing is left of it. */
        void release(Fence fence) throws IOException;

        /** Scopes whose newest attempt was killed. */
        List<String> left() throws IOException;

        /** Removes what a killed attempt left of a scope, unless somebody has taken it meanwhile. */
        void removeLeft(String scope) throws IOException;
    }

    /**
     * A text that names the key it is encrypted with.
     *
     * @param name for messages
     * @param place which it cannot leave when it is encrypted
     * @param stored as it lies in the store
     */
    record Text(String name, String place, String stored) {}

    /** Gets one text after the other. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Takes a text.
         *
         * @return whether to go on
         */
        boolean visit(Text text) throws IOException;
    }

    /**
     * Hands out all manifests and records, until the visitor has enough. What goes while they are
     * read is passed over.
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
