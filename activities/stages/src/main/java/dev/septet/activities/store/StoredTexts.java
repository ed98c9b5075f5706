package dev.septet.activities.store;

import dev.septet.activities.encryption.AtRestCount;
import dev.septet.activities.encryption.AtRestEncryption;
import java.io.IOException;

/**
 * The small texts of a store that name their key: manifests of artifacts and checkpoints, and
 * records. Texts that are removed during the reading are skipped.
 */
@FunctionalInterface
interface StoredTexts {
    /**
     * One small text.
     *
     * @param name for messages
     * @param place place that it is bound to when it is encrypted
     * @param stored its stored form
     */
    public record Text(String name, String place, String stored) {}

    /** Receives one text after the other. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Receives a text.
         *
         * @return whether to continue
         */
        boolean visit(Text text) throws IOException;
    }

    /** Passes all texts to the visitor, until it stops. */
    void each(Visitor visitor) throws IOException;

    /**
     * Counts encrypted texts.
     *
     * @param most stops after this many
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
