package dev.septet.llm.tokenizer.bytelevel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Classes of characters that the expressions of pre-tokenizers distinguish. They are those of Unicode 13, from a file, so that
 * no token depends on the version of Java. Characters that a later version added have no class, and neither has U+017F, which
 * is an s when case is ignored: another library would have to decide.
 */
final class CharacterClass {
    /** No class: not in Unicode 13, or a surrogate. */
    static final byte UNKNOWN = 0;

    /** {@code \p{L}}. */
    static final byte LETTER = 1;

    /** {@code \p{N}}. */
    static final byte NUMBER = 2;

    /** {@code \s}. */
    static final byte SPACE = 3;

    /** Punctuation, symbols, marks, control characters, private use. */
    static final byte OTHER = 4;

    private static final String FILE = "classes-unicode-13.txt";

    /** All characters; 1.1 MB. */
    private static final byte[] CLASSES = read();

    private CharacterClass() {}

    static byte of(int codePoint) {
        return CLASSES[codePoint];
    }

    /** Each line of the file has the name of a class and its ranges, in hex. */
    private static byte[] read() {
        byte[] classes = new byte[Character.MAX_CODE_POINT + 1];
        try (InputStream in = Objects.requireNonNull(CharacterClass.class.getResourceAsStream(FILE), FILE)) {
            byte value = 0;
            for (String line : new String(in.readAllBytes(), StandardCharsets.US_ASCII).split("\n", -1)) {
                value++;
                String[] ranges = line.split(" ", -1);
                for (int i = 1; i < ranges.length; i++) {
                    String[] ends = ranges[i].split("-", -1);
                    int last = Integer.parseInt(ends[ends.length - 1], 16);
                    for (int c = Integer.parseInt(ends[0], 16); c <= last; c++) {
                        classes[c] = value;
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return classes;
    }
}
