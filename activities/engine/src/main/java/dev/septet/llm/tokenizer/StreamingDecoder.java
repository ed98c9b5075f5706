package dev.septet.llm.tokenizer;

import java.util.Arrays;

/**
 * Text of a growing row of token ids, handed out piece by piece as soon as it cannot change any
 * more.
 *
 * <p>A character may be spread over several tokens (byte-level vocabularies, byte fallback), and a
 * token may read differently at the start of a text than within it. So each piece is the difference
 * between two decodings of a window that starts one piece back, and text that ends in the
 * replacement character or in a row of byte pieces waits for the next token. All pieces together
 * equal the decoding of the whole row. One generation per object, one thread.
 */
public final class StreamingDecoder {
    private static final char INCOMPLETE = '\uFFFD';

    private final Tokenizer tokenizer;
    private int[] ids = new int[64];
    private int length;
    private int windowStart;
    private int handedOut;

    /** A decoder that leaves special tokens out. */
    public StreamingDecoder(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Takes the next token; gives the text that has become certain, often empty. */
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

    /** The rest, broken characters included; call once at the end. */
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
