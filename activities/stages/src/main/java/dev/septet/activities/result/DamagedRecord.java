package dev.septet.activities.result;

import dev.septet.activities.store.CorruptArtifactException;
import java.io.IOException;

/**
 * A record of the store that cannot be read.
 *
 * @param name its name in the store
 * @param why what is wrong with it, for users
 */
public record DamagedRecord(String name, String why) {
    /** The record whose reading failed; the message of a JSON parser would quote its text. */
    public static DamagedRecord of(String name, IOException failure) {
        return new DamagedRecord(
                name,
                failure instanceof CorruptArtifactException
                        ? String.valueOf(failure.getMessage())
                        : "its text is not what Septet writes there");
    }
}
