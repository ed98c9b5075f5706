package dev.septet.llm.tokenizer;

import java.util.Arrays;

/**
 * Decodes a growing sequence of token ids, and returns each piece of text as soon as it cannot
 * change any more.
 *
 * <p>A character may be split over several tokens (byte-level vocabularies, byte fallback). A token
 * may also decode differently at the start of a text than within it. So each piece is the
 * difference between two decodings of a window that starts one piece earlier. Text that ends in the
 * replacement character or in byte tokens waits for the next token. All pieces together equal the
 * decoding of the whole sequence. Use one object per generation, in one thread.
 */
public final class StreamingDecoder {
    private static final char INCOMPLETE = '\uFFFD';

    private final Tokenizer tokenizer;
    private int[] ids = new int[64];
    private int length;
    private int windowStart;
    private int handedOut;

    /** A decoder that skips special tokens. */
    public StreamingDecoder(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Adds the next token; returns the text that has become certain, often empty. */
    public String add(int id) {
        if (tokenizer.isUnwritten(id)) {
            return "";
        }
        if (length == ids.length) {
            ids = Arrays.copyOf(ids, length * 2);
        }
        ids[length++] = id;
        String piece = pending();
        if (tokenizer.isBytePiece(id) || piece.isEmpty() || piece.charAt(piece.length() - 1) == INCOMPLETE) {
            return "";
        }
        windowStart = handedOut;
        handedOut = length;
        return piece;
    }

    /** Returns the remaining text, including incomplete characters; call it once at the end. */
    public String finish() {
        String rest = pending();
        windowStart = length;
        handedOut = length;
        return rest;
    }

    private String pending() {
        String before = decode(handedOut);
        String now = decode(length);
        return now.length() > before.length() ? now.substring(before.length()) : "";
    }

    private String decode(int end) {
        return tokenizer.decode(Arrays.copyOfRange(ids, windowStart, end), true);
    }
}
