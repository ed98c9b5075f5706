package dev.septet.llm.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.tokenizer.bytelevel.ByteLevelAlphabet;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The bytes that each token adds to a text. They may be a part of a character: only the bytes of
 * several tokens together are UTF-8.
 */
public final class TokenBytes {
    private static final Pattern BYTE = Pattern.compile("<0x[0-9A-F]{2}>");
    private static final int[] BYTE_OF = byteLevel();

    private final byte[][] bytes;
    private final boolean dropsFirstSpace;

    private TokenBytes(byte[][] bytes, boolean dropsFirstSpace) {
        this.bytes = bytes;
        this.dropsFirstSpace = dropsFirstSpace;
    }

    /** The bytes of a token; empty for an id without a token. Not to be changed. */
    public byte[] of(int id) {
        return id >= 0 && id < bytes.length ? bytes[id] : new byte[0];
    }

    /** Number of ids. */
    public int size() {
        return bytes.length;
    }

    /** Whether decoding drops a space at the beginning of a text. */
    public boolean dropsFirstSpace() {
        return dropsFirstSpace;
    }

    /**
     * @throws FormatProblem when the decoder of tokenizer.json joins tokens in
     *     another way than by their bytes
     */
    static TokenBytes of(TokenizerFiles files) {
        JsonNode decoder = files.json().path("decoder");
        String text = decoder.toString();
        boolean level = text.contains("\"ByteLevel\"");
        boolean pieces = text.contains("\"Metaspace\"") || text.contains("\u2581");
        if (level == pieces || text.contains("\"WordPiece\"") || text.contains("\"CTC\"")) {
            throw new FormatProblem(
                    files.file(),
                    "has a decoder that does not join the bytes of tokens: this tokenizer cannot write answers in a"
                            + " given format");
        }
        boolean fallback = text.contains("\"ByteFallback\"");
        byte[][] bytes = new byte[files.vocabularySize()][];
        Arrays.fill(bytes, new byte[0]);
        JsonNode vocabulary = files.json().path("model").path("vocab");
        if (vocabulary.isObject()) {
            for (Map.Entry<String, JsonNode> piece : vocabulary.properties()) {
                bytes[piece.getValue().intValue()] = bytes(piece.getKey(), level, fallback);
            }
        }
        for (int id = 0; vocabulary.isArray() && id < vocabulary.size(); id++) {
            bytes[id] = bytes(vocabulary.path(id).path(0).asText(), level, fallback);
        }
        for (AddedToken token : files.addedTokens()) {
            bytes[token.id()] = token.text().getBytes(StandardCharsets.UTF_8);
        }
        boolean strips = text.contains("\"Strip\"")
                || (text.contains("\"Metaspace\"") && !text.contains("\"prepend_scheme\":\"never\""));
        return new TokenBytes(bytes, pieces && strips);
    }

    private static byte[] bytes(String piece, boolean level, boolean fallback) {
        if (level) {
            byte[] bytes = new byte[piece.length()];
            for (int i = 0; i < bytes.length; i++) {
                char unit = piece.charAt(i);
                if (unit >= BYTE_OF.length || BYTE_OF[unit] < 0) {
                    return piece.getBytes(StandardCharsets.UTF_8);
                }
                bytes[i] = (byte) BYTE_OF[unit];
            }
            return bytes;
        }
        if (fallback && BYTE.matcher(piece).matches()) {
            return new byte[] {(byte) Integer.parseInt(piece.substring(3, 5), 16)};
        }
        return piece.replace('\u2581', ' ').getBytes(StandardCharsets.UTF_8);
    }

    /** The byte that each character of a byte-level vocabulary stands for; -1 for none. */
    private static int[] byteLevel() {
        char[] letters = ByteLevelAlphabet.letters();
        int[] byteOf = new int[0x144];
        Arrays.fill(byteOf, -1);
        for (int value = 0; value < letters.length; value++) {
            byteOf[letters[value]] = value;
        }
        return byteOf;
    }
}
