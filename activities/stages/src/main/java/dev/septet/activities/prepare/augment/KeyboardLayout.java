package dev.septet.activities.prepare.augment;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The letters of a keyboard and their neighbours. The rows of a keyboard are shifted by half a key, so a key touches two
 * keys of the row above it and two of the row below it.
 */
final class KeyboardLayout {
    static final List<KeyboardLayout> ALL = List.of(
            new KeyboardLayout("qwertyuiop", "asdfghjkl", "zxcvbnm"),
            new KeyboardLayout("qwertzuiop\u00fc", "asdfghjkl\u00f6\u00e4", "yxcvbnm"),
            new KeyboardLayout("azertyuiop", "qsdfghjklm", "wxcvbn"),
            new KeyboardLayout(
                    "\u0439\u0446\u0443\u043a\u0435\u043d\u0433\u0448\u0449\u0437\u0445\u044a",
                    "\u0444\u044b\u0432\u0430\u043f\u0440\u043e\u043b\u0434\u0436\u044d",
                    "\u044f\u0447\u0441\u043c\u0438\u0442\u044c\u0431\u044e"));

    private final Map<Character, String> neighbours = new HashMap<>();

    private KeyboardLayout(String... rows) {
        for (int row = 0; row < rows.length; row++) {
            for (int at = 0; at < rows[row].length(); at++) {
                StringBuilder near = new StringBuilder();
                add(near, rows, row, at - 1);
                add(near, rows, row, at + 1);
                add(near, rows, row - 1, at);
                add(near, rows, row - 1, at + 1);
                add(near, rows, row + 1, at - 1);
                add(near, rows, row + 1, at);
                neighbours.put(rows[row].charAt(at), near.toString());
            }
        }
    }

    private static void add(StringBuilder near, String[] rows, int row, int at) {
        if (row >= 0 && row < rows.length && at >= 0 && at < rows[row].length()) {
            near.append(rows[row].charAt(at));
        }
    }

    /** Letters that touch a letter's key; empty when the keyboard has no such key. */
    String near(char letter) {
        return neighbours.getOrDefault(Character.toLowerCase(letter), "");
    }

    /** A layout that has all letters of a word; null for none. */
    static @Nullable KeyboardLayout of(String word, Random random) {
        int start = random.nextInt(ALL.size());
        for (int i = 0; i < ALL.size(); i++) {
            KeyboardLayout layout = ALL.get((start + i) % ALL.size());
            if (word.chars().allMatch(letter -> !layout.near((char) letter).isEmpty())) {
                return layout;
            }
        }
        return null;
    }
}
