package dev.septet.llm.tokenizer.bytelevel;

import org.jspecify.annotations.Nullable;

/**
 * Splits a text into the words that are encoded each by itself, as the regular expressions of {@link PreTokenizers} do. The
 * characters must all have a {@link CharacterClass}.
 */
enum WordSplitter {
    /**
     * GPT-2: {@code 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}.
     */
    GPT2("gpt-2") {
        @Override
        int end(char[] text, int from, int to) {
            return gpt2(text, from, to, false);
        }
    },

    /** SmolLM2: first each number becomes a word, then as GPT-2 between the numbers. */
    DIGITS_THEN_GPT2("smollm") {
        @Override
        int end(char[] text, int from, int to) {
            int first = point(text, from, to);
            return CharacterClass.of(first) == CharacterClass.NUMBER
                    ? from + Character.charCount(first)
                    : gpt2(text, from, to, true);
        }
    },

    /**
     * Llama 3: {@code (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+
     * |\s+(?!\S)|\s+}.
     */
    LLAMA3("llama-bpe") {
        @Override
        int end(char[] text, int from, int to) {
            return llama(text, from, to, 3);
        }
    },

    /** Qwen2: as Llama 3, with single numbers. */
    QWEN2("qwen2") {
        @Override
        int end(char[] text, int from, int to) {
            return llama(text, from, to, 1);
        }
    };

    private final String preTokenizer;

    WordSplitter(String preTokenizer) {
        this.preTokenizer = preTokenizer;
    }

    /** The splitter of a name of {@link PreTokenizers}; null when only the library splits so. */
    static @Nullable WordSplitter of(String preTokenizer) {
        for (WordSplitter splitter : values()) {
            if (splitter.preTokenizer.equals(preTokenizer)) {
                return splitter;
            }
        }
        return null;
    }

    /**
     * The end of the word that begins at {@code from}.
     *
     * @param to end of the text
     */
    abstract int end(char[] text, int from, int to);

    /**
     * @param numbersApart whether a number ends the text that the expression sees
     */
    private static int gpt2(char[] text, int from, int to, boolean numbersApart) {
        char first = text[from];
        if (first == '\'') {
            int end = contraction(text, from, to, false);
            if (end > from) {
                return end;
            }
        }
        int start = first == ' ' && from + 1 < to ? from + 1 : from;
        byte kind = CharacterClass.of(point(text, start, to));
        if (kind == CharacterClass.SPACE || (numbersApart && kind == CharacterClass.NUMBER)) {
            return spaces(text, from, to, numbersApart);
        }
        return run(text, start, to, kind);
    }

    private static int llama(char[] text, int from, int to, int numbers) {
        char first = text[from];
        if (first == '\'') {
            int end = contraction(text, from, to, true);
            if (end > from) {
                return end;
            }
        }
        int point = point(text, from, to);
        byte kind = CharacterClass.of(point);
        int next = from + Character.charCount(point);
        if (kind == CharacterClass.LETTER) {
            return run(text, next, to, CharacterClass.LETTER);
        }
        if (kind == CharacterClass.NUMBER) {
            for (int count = 1; count < numbers && next < to; count++) {
                int number = point(text, next, to);
                if (CharacterClass.of(number) != CharacterClass.NUMBER) {
                    break;
                }
                next += Character.charCount(number);
            }
            return next;
        }
        byte after = next < to ? CharacterClass.of(point(text, next, to)) : CharacterClass.UNKNOWN;
        if (after == CharacterClass.LETTER && !lineEnd(first)) {
            return run(text, next, to, CharacterClass.LETTER);
        }
        if (kind == CharacterClass.OTHER || (first == ' ' && after == CharacterClass.OTHER)) {
            int end = run(text, next, to, CharacterClass.OTHER);
            while (end < to && lineEnd(text[end])) {
                end++;
            }
            return end;
        }
        int end = run(text, from, to, CharacterClass.SPACE);
        for (int i = end; i > from; i--) {
            if (lineEnd(text[i - 1])) {
                return i;
            }
        }
        return spaces(text, from, to, false);
    }

    /** {@code \s+(?!\S)|\s+}: a run of spaces leaves its last one to the next word, if it has more than one. */
    private static int spaces(char[] text, int from, int to, boolean numbersApart) {
        int end = run(text, from, to, CharacterClass.SPACE);
        boolean last = end == to
                || (numbersApart && CharacterClass.of(point(text, end, to)) == CharacterClass.NUMBER)
                || end == from + 1;
        return last ? end : end - 1;
    }

    private static int run(char[] text, int from, int to, byte kind) {
        int at = from;
        while (at < to) {
            int point = point(text, at, to);
            if (CharacterClass.of(point) != kind) {
                break;
            }
            at += Character.charCount(point);
        }
        return at;
    }

    /** The end of a contraction, such as 's; {@code from} when there is none. */
    private static int contraction(char[] text, int from, int to, boolean anyCase) {
        char one = letter(text, from + 1, to, anyCase);
        char two = letter(text, from + 2, to, anyCase);
        if (one == 's' || one == 't' || one == 'm' || one == 'd') {
            return from + 2;
        }
        boolean pair = (two == 'e' && (one == 'r' || one == 'v')) || (one == 'l' && two == 'l');
        return pair ? from + 3 : from;
    }

    private static char letter(char[] text, int at, int to, boolean anyCase) {
        if (at >= to) {
            return 0;
        }
        char letter = text[at];
        return anyCase && letter >= 'A' && letter <= 'Z' ? (char) (letter + ('a' - 'A')) : letter;
    }

    private static boolean lineEnd(char unit) {
        return unit == '\n' || unit == '\r';
    }

    private static int point(char[] text, int at, int to) {
        char unit = text[at];
        return Character.isSurrogate(unit) ? Character.codePointAt(text, at, to) : unit;
    }
}
