package dev.septet.activities.prepare.split;

import dev.septet.activities.store.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One pseudorandom number per row, which determines its split. It depends only on the row's content
 * and the seed. So equal rows are in the same split. When rows are added, only rows close to the
 * boundary of two splits change their split.
 */
final class SplitKeys {
    private final byte[] seed;
    private final byte @Nullable [] choice;
    private long[] keys = new long[1024];
    private long[] choices = new long[0];
    private int size;

    SplitKeys(long seed) {
        this(seed, false);
    }

    /**
     * @param choosing whether {@link #choiceAt} is needed, because sources have a limit, a share or a
     *     weight, or classes are balanced
     */
    SplitKeys(long seed, boolean choosing) {
        this.seed = ("split " + seed + "\n").getBytes(StandardCharsets.UTF_8);
        choice = choosing ? ("choose " + seed + "\n").getBytes(StandardCharsets.UTF_8) : null;
    }

    /** Computes and records the key of a row with this digest. */
    long add(byte[] digest) {
        return put(hash(seed, digest), digest);
    }

    /** Computes and records the key of a row whose group has this digest. */
    void add(byte[] group, byte[] digest) {
        put(hash(seed, group), digest);
    }

    /** Records a key that the caller chose, such as a row's time. */
    long put(long key, byte[] digest) {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, Math.multiplyExact(size, 2));
        }
        if (choice != null) {
            choices = choices.length < keys.length ? Arrays.copyOf(choices, keys.length) : choices;
            choices[size] = hash(choice, digest);
        }
        keys[size++] = key;
        return key;
    }

    private static long hash(byte[] seed, byte[] digest) {
        MessageDigest sha256 = Sha256.start();
        sha256.update(seed);
        return ByteBuffer.wrap(sha256.digest(digest)).getLong();
    }

    /** Number of keys. */
    int size() {
        return size;
    }

    /** A second number of the same row, independent of its key: it decides which rows are left out. */
    long choiceAt(int number) {
        return choices[number];
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
