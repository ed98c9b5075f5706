package dev.septet.activities.prepare;

import dev.septet.activities.store.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * One pseudorandom number per row, which determines its split. It depends only on the row's content
 * and the seed. So equal rows are in the same split. When rows are added, only rows close to the
 * boundary of two splits change their split.
 */
final class SplitKeys {
    private final byte[] seed;
    private long[] keys = new long[1024];
    private int size;

    SplitKeys(long seed) {
        this.seed = ("split " + seed + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Computes and records the key of a row with this digest. */
    long add(byte[] digest) {
        MessageDigest sha256 = Sha256.start();
        sha256.update(seed);
        long key = ByteBuffer.wrap(sha256.digest(digest)).getLong();
        put(key);
        return key;
    }

    /** Records a key that the caller chose, such as a row's time. */
    void put(long key) {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, Math.multiplyExact(size, 2));
        }
        keys[size++] = key;
    }

    /** The key with this number, in the order of the calls of {@link #add}, from 0. */
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
