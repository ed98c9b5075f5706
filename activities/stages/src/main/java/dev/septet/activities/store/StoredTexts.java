package dev.septet.activities.store;

import dev.septet.activities.encryption.AtRestCount;
import dev.septet.activities.encryption.AtRestEncryption;
import java.io.IOException;

/**
 * The small texts of a store that name the key they are encrypted with: manifests of artifacts and
 * of checkpoints, and records. What goes while they are read is passed over.
 */
@FunctionalInterface
interface StoredTexts {
    /**
     * One of them.
     *
     * @param name for messages
     * @param place which it cannot leave when it is encrypted
     * @param stored as it lies in the store
     */
    public record Text(String name, String place, String stored) {}

    /** Gets one after the other. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Takes a text.
         *
         * @return whether to go on
         */
        boolean visit(Text text) throws IOException;
    }

    /** Hands out all of them, until the visitor has enough. */
    void each(Visitor visitor) throws IOException;

    /**
     * Counts those that are encrypted.
     *
     * @param most after which it stops
     */
    default AtRestCount count(AtRestEncryption encryption, int most) throws IOException {
        AtRestCount.Counting counting = new AtRestCount.Counting();
        each(text -> {
            counting.add(AtRestEncryption.keyOfText(text.stored()));
            return counting.total() < most;
        });
        return counting.result(encryption);
    }
}
