package dev.septet.llm.generate.constraint;

import dev.septet.llm.generate.constraint.grammar.CharRanges;
import dev.septet.llm.tokenizer.TokenBytes;
import dev.septet.llm.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The tokens of a vocabulary as a tree of their bytes, so that tokens with a common beginning are
 * checked together. Immutable.
 */
public final class TokenTrie {
    /** Longer tokens are never used; vocabularies have runs of spaces of this length at most. */
    private static final int LONGEST = 128;

    private final TokenBytes bytes;
    private final int longest;

    /** The byte of each node, in depth-first order; the root is left out. */
    private final byte[] label;

    /** For each node, the index after its last descendant. */
    private final int[] end;

    /** For each node, where its tokens begin in {@link #tokens}; one more for the end. */
    private final int[] first;

    private final int[] tokens;
    private final CharRanges alphabet;

    private TokenTrie(Tokenizer tokenizer) {
        this.bytes = tokenizer.tokenBytes();
        List<Integer> usable = new ArrayList<>();
        for (int id = 0; id < bytes.size(); id++) {
            int length = bytes.of(id).length;
            if (length > 0 && length <= LONGEST && !tokenizer.isUnwritten(id) && !tokenizer.reserved(id)) {
                usable.add(id);
            }
        }
        usable.sort((a, b) -> {
            int order = Arrays.compareUnsigned(bytes.of(a), bytes.of(b));
            return order != 0 ? order : Integer.compare(a, b);
        });
        alphabet = alphabet(usable, bytes);
        if (!splitsCharacters()) {
            usable.removeIf(id -> !whole(bytes.of(id)));
        }
        tokens = usable.stream().mapToInt(id -> id).toArray();
        int nodes = 0;
        int most = 1;
        byte[] before = new byte[0];
        for (int id : tokens) {
            byte[] text = bytes.of(id);
            nodes += text.length - common(before, text);
            most = Math.max(most, text.length);
            before = text;
        }
        longest = most;
        label = new byte[nodes];
        end = new int[nodes];
        first = new int[nodes + 1];
        build();
    }

    /** The tokens of a tokenizer, without control tokens. */
    public static TokenTrie of(Tokenizer tokenizer) {
        return new TokenTrie(tokenizer);
    }

    private static int common(byte[] a, byte[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }

    private void build() {
        int[] open = new int[LONGEST];
        int depth = 0;
        int node = 0;
        byte[] before = new byte[0];
        for (int i = 0; i < tokens.length; i++) {
            byte[] text = bytes.of(tokens[i]);
            int shared = common(before, text);
            while (depth > shared) {
                end[open[--depth]] = node;
            }
            while (depth < text.length) {
                label[node] = text[depth];
                first[node] = i;
                open[depth++] = node++;
            }
            before = text;
        }
        while (depth > 0) {
            end[open[--depth]] = node;
        }
        first[node] = tokens.length;
    }

    private static CharRanges alphabet(List<Integer> usable, TokenBytes bytes) {
        BitSet single = new BitSet();
        List<int[]> chars = new ArrayList<>();
        for (int id : usable) {
            byte[] text = bytes.of(id);
            if (text.length == 1) {
                single.set(text[0] & 0xFF);
            }
            if (text.length <= 4 && whole(text)) {
                String decoded = new String(text, StandardCharsets.UTF_8);
                int point = decoded.codePointAt(0);
                if (Character.charCount(point) == decoded.length()) {
                    chars.add(new int[] {point, point});
                }
            }
        }
        boolean allBytes = single.nextClearBit(0x80) >= 0xC0 && single.nextClearBit(0xC2) >= 0xF5;
        return CharRanges.NONE
                .or(new CharRanges(chars))
                .or(allBytes ? CharRanges.range(0x80, 0x10FFFF) : CharRanges.NONE);
    }

    private static boolean whole(byte[] text) {
        return Arrays.equals(new String(text, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), text);
    }

    /** The characters that this vocabulary can write wherever they are needed. */
    CharRanges characters() {
        return alphabet;
    }

    /** Whether parts of characters may be written: all other parts exist. */
    boolean splitsCharacters() {
        return alphabet.contains(0x10FFFF) && alphabet.contains(0x80);
    }

    /** Bytes of the longest token. */
    int longest() {
        return longest;
    }

    TokenBytes bytes() {
        return bytes;
    }

    int nodes() {
        return label.length;
    }

    int label(int node) {
        return label[node] & 0xFF;
    }

    int end(int node) {
        return end[node];
    }

    /** Sets the bits of the tokens that end at a node. */
    void add(int node, long[] mask) {
        // The tokens of a node come before those of the nodes after it, in the order of their bytes.
        for (int i = first[node]; i < first[node + 1]; i++) {
            mask[tokens[i] >> 6] |= 1L << tokens[i];
        }
    }
}
