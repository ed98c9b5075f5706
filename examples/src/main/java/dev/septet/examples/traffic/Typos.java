package dev.septet.examples.traffic;

import dev.septet.examples.world.Draw;
import java.util.Locale;

/** Adds typing errors to a text. */
final class Typos {
    private static final double RATE = 1.0 / 12;

    private Typos() {}

    /** The text in lower case, with letters omitted, doubled or swapped. */
    static String in(String text, Draw draw) {
        StringBuilder typed = new StringBuilder();
        String lower = text.toLowerCase(Locale.ROOT);
        for (int at = 0; at < lower.length(); at++) {
            char letter = lower.charAt(at);
            if (!Character.isLetter(letter) || !draw.chance(RATE)) {
                typed.append(letter);
                continue;
            }
            switch (draw.below(3)) {
                case 0 -> {} // omitted
                case 1 -> typed.append(letter).append(letter);
                default -> {
                    if (at + 1 < lower.length()) {
                        typed.append(lower.charAt(++at));
                    }
                    typed.append(letter);
                }
            }
        }
        return typed.toString();
    }
}
