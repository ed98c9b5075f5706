package dev.septet.llm.tokenizer.bytelevel;

import org.jspecify.annotations.Nullable;

/**
 * Token ids of words. The cache has a fixed number of places and keeps words of few characters and tokens only, so it never has
 * more than about 25 MB. What it forgets is computed again, so no result depends on it. Thread-safe without locks: an entry never
 * changes, and a place that two threads write keeps one of the two entries.
 */
final class WordCache {
    /** Longest word in the cache, in UTF-16 units. */
    private static final int MAX_LENGTH = 24;

    private static final int MAX_IDS = 16;

    private static final int PLACES = 1 << 17;

    /** Places for the words of one hash. */
    private static final int WAYS = 4;

    private final @Nullable Entry[] entries = new @Nullable Entry[PLACES];

    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole, and never changed
    private record Entry(int hash, char[] word, int[] ids) {
        boolean isOf(int hash, char[] text, int from, int length) {
            if (this.hash != hash || word.length != length) {
                return false;
            }
            for (int i = 0; i < length; i++) {
                if (word[i] != text[from + i]) {
                    return false;
                }
            }
            return true;
        }
    }

    /** The token ids of a word, which are not to be changed; null when they are not known. */
    int @Nullable [] get(char[] text, int from, int length) {
        if (length > MAX_LENGTH) {
            return null;
        }
        int hash = hash(text, from, length);
        int place = place(hash);
        for (int i = place; i < place + WAYS; i++) {
            Entry entry = entries[i];
            if (entry != null && entry.isOf(hash, text, from, length)) {
                return entry.ids();
            }
        }
        return null;
    }

    /** Keeps the token ids of a word, and forgets the oldest of the words at its places. */
    void put(char[] text, int from, int length, int[] ids) {
        if (length <= MAX_LENGTH && ids.length <= MAX_IDS) {
            int hash = hash(text, from, length);
            char[] word = new char[length];
            System.arraycopy(text, from, word, 0, length);
            int place = place(hash);
            for (int i = place + WAYS - 1; i > place; i--) {
                entries[i] = entries[i - 1];
            }
            entries[place] = new Entry(hash, word, ids);
        }
    }

    private static int hash(char[] text, int from, int length) {
        int hash = 0;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + text[from + i];
        }
        return hash * 0x9E3779B9;
    }

    private static int place(int hash) {
        return (hash >>> 16) * WAYS & (PLACES - 1);
    }
}
