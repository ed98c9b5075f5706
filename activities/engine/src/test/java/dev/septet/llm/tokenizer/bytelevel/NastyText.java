package dev.septet.llm.tokenizer.bytelevel;

import java.util.List;
import java.util.Random;

/** Random texts of everything that tokenizers disagree about. */
final class NastyText {
    /** Texts of the added tokens of {@link RandomTokenizer}, their beginnings and their ends. */
    static final List<String> ADDED = List.of("<|im_end|>", "<|im_end|>\n", "<think>", "a b", "\u00e9", "  ");

    private static final List<String> PIECES = List.of(
            "'s",
            "'S",
            "'re",
            "'rE",
            "'VE",
            "'ll",
            "'lL",
            "'d",
            "'m",
            "'T",
            "'x",
            "''",
            "'",
            " ",
            "  ",
            "   ",
            "\n",
            "\r",
            "\r\n",
            "\n\n \n",
            "\t",
            " \t ",
            "\u000b\f\u001c",
            "\u00a0",
            "\u0085",
            "\u3000",
            "\u2028",
            "\u200b\u200d\ufeff",
            "\u180e",
            "\0",
            "\u007f",
            "1",
            "12",
            "123",
            "1234567",
            " 1",
            "\u0663\u0664",
            "\u00bd\u00b2",
            "\u2167",
            "\ud835\udfce\ud835\udfcf",
            ".",
            "...",
            "!?",
            "(",
            "\"",
            "_",
            "$",
            " -",
            "word",
            "Word",
            "WORDS",
            " word",
            "na\u00efve",
            "nai\u0308ve",
            "\u1100\u1161\u11a8",
            "\uac01",
            "\u212b\u2126",
            "q\u0323\u0307",
            "q\u0307\u0323",
            "\u0958",
            "\u4f60\u597d",
            "\u3053\u3093",
            "\u0645\u064e\u0631",
            "\u0e2a\u0e27\u0e31\u0e2a",
            "\ud83d\ude00",
            "\ud83d\udc69\u200d\ud83d\udc67",
            "\ud83c\udde9\ud83c\uddea",
            "\u2764\ufe0f",
            "\ue000",
            "\udbff\udffd",
            "\ufffd");

    private final Random random;

    NastyText(long seed) {
        random = new Random(seed);
    }

    /** A text of about this many pieces, whose characters all have a class. */
    String text(int pieces) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < pieces; i++) {
            switch (random.nextInt(8)) {
                case 0 -> text.appendCodePoint(known());
                case 1 -> {
                    for (int n = random.nextInt(6); n >= 0; n--) {
                        text.appendCodePoint(known(random.nextInt(0x3000)));
                    }
                }
                case 2 -> text.append((char) ('a' + random.nextInt(4)));
                case 3 -> {
                    String added = ADDED.get(random.nextInt(ADDED.size()));
                    int from = random.nextInt(3) > 0 ? 0 : random.nextInt(added.length());
                    int to = random.nextInt(3) > 0 ? added.length() : from + random.nextInt(added.length() - from);
                    text.append(added, from, to);
                }
                case 4 -> text.append(PIECES.get(random.nextInt(PIECES.size())).repeat(1 + random.nextInt(4)));
                default -> text.append(PIECES.get(random.nextInt(PIECES.size())));
            }
        }
        return text.toString();
    }

    private int known() {
        int point = random.nextInt(10) == 0 ? random.nextInt(0x110000) : random.nextInt(0x20000);
        return known(point);
    }

    private static int known(int point) {
        int at = point;
        while (CharacterClass.of(at) == CharacterClass.UNKNOWN) {
            at = at == 0x10FFFF ? 0 : at + 1;
        }
        return at;
    }
}
