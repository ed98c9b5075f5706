package dev.septet.activities.prepare;

import dev.septet.activities.store.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * One random-looking number per row, by which rows are shared out. It depends on the row's content
 * and the seed alone, so that equal rows go the same way and a new row moves no other by more than
 * the edge of a share.
 */
final class SplitKeys {
    private final byte[] seed;
    private long[] keys = new long[1024];
    private int size;

    SplitKeys(long seed) {
        this.seed = ("split " + seed + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** The key of a row with this digest; also remembers it. */
    long add(byte[] digest) {
        MessageDigest sha256 = Sha256.start();
        sha256.update(seed);
        long key = ByteBuffer.wrap(sha256.digest(digest)).getLong();
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, Math.multiplyExact(size, 2));
        }
        keys[size++] = key;
        return key;
    }

    /** The key that was added as this one, from 0 on. */
    long at(int number) {
        return keys[number];
    }

    /** All keys, smallest first. */
    long[] sorted() {
        long[] sorted = Arrays.copyOf(keys, size);
        Arrays.sort(sorted);
        return sorted;
    }
}
