package dev.septet.examples.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The printable characters that represent the 256 bytes in a vocabulary. A printable Latin-1 byte
 * represents itself; the others are mapped to characters from U+0100 on.
 *
 * @see <a href="https://openai.com/research/better-language-models">Radford et al., 2019</a>
 */
final class ByteAlphabet {
    private static final char[] LETTERS = letters();

    private ByteAlphabet() {}

    /** All 256 characters, in the order of their code points. */
    static List<String> sorted() {
        List<String> letters = new ArrayList<>();
        for (char letter : LETTERS) {
            letters.add(String.valueOf(letter));
        }
        letters.sort(null);
        return letters;
    }

    /** The characters of a text's bytes. */
    static List<String> spell(String text) {
        List<String> letters = new ArrayList<>();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            letters.add(String.valueOf(LETTERS[b & 0xFF]));
        }
        return letters;
    }

    private static char[] letters() {
        char[] letters = new char[256];
        char next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || (b >= 0xAE && b <= 0xFF);
            letters[b] = printable ? (char) b : next++;
        }
        return letters;
    }
}
