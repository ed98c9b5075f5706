package dev.septet.llm.generate.constraint;

import dev.septet.llm.generate.constraint.grammar.CharRanges;
import dev.septet.llm.tokenizer.AddedToken;
import dev.septet.llm.tokenizer.TokenBytes;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The tokens of a vocabulary as a tree of their bytes, so that tokens with a common beginning are
 * checked together. Immutable.
 */
public final class TokenTrie {
    /** Longer tokens are never used; vocabularies have runs of spaces of this length at most. */
    private static final int LONGEST = 128;

    /**
     * Bytes that no UTF-8 text has. Each stands for a control token in a grammar, so that no text can
     * be confused with it.
     */
    private static final int FIRST_MARK = 0xF8;

    private static final int MAX_MARKS = 7;

    private final TokenBytes bytes;

    /** The control tokens that grammars may use, by their text. */
    private final Map<String, Integer> marks = new LinkedHashMap<>();

    private final Map<Integer, byte[]> markBytes = new HashMap<>();
    private final int longest;

    /** The byte of each node, in depth-first order; the root is left out. */
    private final byte[] label;

    /** For each node, the index after its last descendant. */
    private final int[] end;

    /** For each node, where its tokens begin in {@link #tokens}; one more for the end. */
    private final int[] first;

    private final int[] tokens;
    private final CharRanges alphabet;

    private TokenTrie(Tokenizer tokenizer, List<String> texts) {
        this.bytes = tokenizer.tokenBytes();
        for (AddedToken token : tokenizer.addedTokens()) {
            if (marks.size() < MAX_MARKS
                    && (tokenizer.reserved(token.id()) || tokenizer.isUnwritten(token.id()))
                    && texts.stream().anyMatch(text -> text.contains(token.text()))) {
                markBytes.put(token.id(), new byte[] {(byte) (FIRST_MARK + marks.size())});
                marks.put(token.text(), token.id());
            }
        }
        List<Integer> usable = new ArrayList<>();
        for (int id = 0; id < bytes.size(); id++) {
            int length = bytes.of(id).length;
            if (length > 0
                    && length <= LONGEST
                    && !hasMark(bytes.of(id))
                    && !tokenizer.isUnwritten(id)
                    && !tokenizer.reserved(id)) {
                usable.add(id);
            }
        }
        alphabet = alphabet(usable, bytes);
        if (!completes(usable, bytes)) {
            usable.removeIf(id -> !whole(bytes.of(id)));
        }
        usable.addAll(markBytes.keySet());
        usable.sort(this::order);
        tokens = usable.stream().mapToInt(id -> id).toArray();
        int nodes = 0;
        int most = 1;
        byte[] before = new byte[0];
        for (int id : tokens) {
            byte[] text = bytes(id);
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

    /**
     * The tokens of a tokenizer, without control tokens.
     *
     * @param texts texts whose control tokens grammars may use
     */
    public static TokenTrie of(Tokenizer tokenizer, List<String> texts) {
        return new TokenTrie(tokenizer, texts);
    }

    private int order(int a, int b) {
        int order = Arrays.compareUnsigned(bytes(a), bytes(b));
        return order != 0 ? order : Integer.compare(a, b);
    }

    /** The bytes of a token in grammars. */
    byte[] bytes(int id) {
        byte[] mark = markBytes.get(id);
        if (mark != null) {
            return mark;
        }
        byte[] text = bytes.of(id);
        return hasMark(text) ? new byte[0] : text;
    }

    /** Ids of the control tokens that grammars may use. */
    Set<Integer> marks() {
        return Set.copyOf(marks.values());
    }

    /** Texts of those tokens. */
    Set<String> markTexts() {
        return Set.copyOf(marks.keySet());
    }

    /** A text as bytes of grammars: control tokens in it are one byte each. */
    byte[] marked(String text) {
        ByteArrayOutputStream marked = new ByteArrayOutputStream();
        int at = 0;
        while (at < text.length()) {
            String mark = "";
            for (String each : marks.keySet()) {
                mark = text.startsWith(each, at) && each.length() > mark.length() ? each : mark;
            }
            if (mark.isEmpty()) {
                int next = text.offsetByCodePoints(at, 1);
                marked.writeBytes(text.substring(at, next).getBytes(StandardCharsets.UTF_8));
                at = next;
            } else {
                marked.writeBytes(bytes(Objects.requireNonNull(marks.get(mark))));
                at += mark.length();
            }
        }
        return marked.toByteArray();
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
            byte[] text = bytes(tokens[i]);
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
        CharRanges alphabet = CharRanges.NONE.or(new CharRanges(chars));
        if (single.nextClearBit(0x80) >= 0xC0) {
            // Vocabularies leave out first bytes that their training text did not have.
            for (int lead = single.nextSetBit(0xC2); lead >= 0 && lead <= 0xF4; lead = single.nextSetBit(lead + 1)) {
                alphabet = alphabet.or(led(lead));
            }
        }
        return alphabet;
    }

    /** Whether every part of a character can be completed: all later bytes of characters exist. */
    private static boolean completes(List<Integer> usable, TokenBytes bytes) {
        BitSet single = new BitSet();
        usable.stream().map(bytes::of).filter(text -> text.length == 1).forEach(text -> single.set(text[0] & 0xFF));
        return single.nextClearBit(0x80) >= 0xC0;
    }

    /** The characters whose UTF-8 bytes begin with this one. */
    private static CharRanges led(int lead) {
        if (lead < 0xE0) {
            return CharRanges.range((lead & 0x1F) << 6, ((lead & 0x1F) << 6) + 0x3F);
        } else if (lead < 0xF0) {
            int first = (lead & 0x0F) << 12;
            return CharRanges.range(Math.max(0x800, first), first + 0xFFF);
        }
        int first = (lead & 0x07) << 18;
        return CharRanges.range(Math.max(0x10000, first), Math.min(0x10FFFF, first + 0x3FFFF));
    }

    /** Whether a token has a byte of a mark, which is none of UTF-8. */
    private static boolean hasMark(byte[] text) {
        for (byte value : text) {
            if ((value & 0xFF) >= FIRST_MARK) {
                return true;
            }
        }
        return false;
    }

    private static boolean whole(byte[] text) {
        return Arrays.equals(new String(text, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), text);
    }

    /** The characters that this vocabulary can write wherever they are needed. */
    CharRanges characters() {
        return alphabet;
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
