package dev.septet.llm.tokenizer.bytelevel;

import org.jspecify.annotations.Nullable;

/**
 * Token ids of words. The cache has a fixed number of places and keeps short words only, so it never has more than about 20 MB.
 * What it forgets is computed again, so no result depends on it. Thread-safe without locks: an entry never changes, and a place
 * that two threads write keeps one of the two entries.
 */
final class WordCache {
    /** Longest word in the cache, in UTF-16 units. */
    static final int MAX_LENGTH = 24;

    private static final int PLACES = 1 << 16;

    private final @Nullable Entry[] entries = new @Nullable Entry[PLACES];

    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole, and never changed
    private record Entry(char[] word, int[] ids) {
        boolean isOf(char[] text, int from, int length) {
            if (word.length != length) {
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
        int place = place(text, from, length);
        Entry first = entries[place];
        if (first != null && first.isOf(text, from, length)) {
            return first.ids();
        }
        Entry second = entries[place ^ 1];
        return second != null && second.isOf(text, from, length) ? second.ids() : null;
    }

    /** Keeps the token ids of a word, and forgets the older one of the two words at its place. */
    void put(char[] text, int from, int length, int[] ids) {
        if (length <= MAX_LENGTH) {
            char[] word = new char[length];
            System.arraycopy(text, from, word, 0, length);
            int place = place(text, from, length);
            entries[place ^ 1] = entries[place];
            entries[place] = new Entry(word, ids);
        }
    }

    private static int place(char[] text, int from, int length) {
        int hash = 0;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + text[from + i];
        }
        hash *= 0x9E3779B9;
        return hash >>> 16 & (PLACES - 1);
    }
}
