package dev.septet.llm.tokenizer.bytelevel;

/** The characters by which byte-level vocabularies write bytes, as GPT-2 does. */
public final class ByteLevelAlphabet {
    private ByteLevelAlphabet() {}

    /** The character of each byte: printable bytes stand for themselves; the others are the characters from U+0100 on. */
    public static char[] letters() {
        char[] letters = new char[256];
        char next = 0x100;
        for (int value = 0; value < letters.length; value++) {
            boolean printable = (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xAC) || value >= 0xAE;
            letters[value] = printable ? (char) value : next++;
        }
        return letters;
    }
}
