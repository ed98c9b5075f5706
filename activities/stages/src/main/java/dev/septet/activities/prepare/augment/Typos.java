package dev.septet.activities.prepare.augment;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Adds mistakes of typing: about one in {@value #WORDS_PER_TYPO} words, at least one. A mistake is a letter of a neighbouring
 * key, two letters in the wrong order, or a missing letter. Only words of at least {@value #SHORTEST} letters change, and
 * never in their first letter, because people notice and correct such mistakes.
 */
final class Typos implements TextChange {
    private static final int WORDS_PER_TYPO = 8;
    private static final int SHORTEST = 4;

    @Override
    public String apply(String text, Random random, int copy) {
        List<int[]> words = new ArrayList<>();
        var found = Words.in(text);
        while (found.find()) {
            if (found.end() - found.start() >= SHORTEST) {
                words.add(new int[] {found.start(), found.end()});
            }
        }
        Collections.shuffle(words, random);
        int wanted = Math.max(1, words.size() / WORDS_PER_TYPO);
        TreeSet<int[]> chosen = new TreeSet<>((a, b) -> Integer.compare(b[0], a[0]));
        chosen.addAll(words.subList(0, Math.min(wanted, words.size())));
        StringBuilder changed = new StringBuilder(text);
        for (int[] word : chosen) {
            changed.replace(word[0], word[1], mistyped(text.substring(word[0], word[1]), random));
        }
        return changed.toString();
    }

    private static String mistyped(String word, Random random) {
        int at = 1 + random.nextInt(word.length() - 1);
        int first = random.nextInt(3);
        for (int i = 0; i < 3; i++) {
            String changed = switch ((first + i) % 3) {
                case 0 -> neighbour(word, at, random);
                case 1 -> swapped(word, Math.min(at, word.length() - 2));
                default -> letter(word, at) ? word.substring(0, at) + word.substring(at + 1) : null;
            };
            if (changed != null && !changed.equals(word)) {
                return changed;
            }
        }
        return word;
    }

    private static @Nullable String neighbour(String word, int at, Random random) {
        KeyboardLayout layout = KeyboardLayout.of(word, random);
        if (layout == null) {
            return null;
        }
        String near = layout.near(word.charAt(at));
        char other = near.charAt(random.nextInt(near.length()));
        char cased = Character.isUpperCase(word.charAt(at)) ? Character.toUpperCase(other) : other;
        return word.substring(0, at) + cased + word.substring(at + 1);
    }

    private static @Nullable String swapped(String word, int at) {
        return letter(word, at) && letter(word, at + 1)
                ? word.substring(0, at) + word.charAt(at + 1) + word.charAt(at) + word.substring(at + 2)
                : null;
    }

    /** Not half of a surrogate pair, and not a mark, which belongs to the letter before it. */
    private static boolean letter(String word, int at) {
        return Character.isLetter(word.charAt(at))
                && (at + 1 == word.length() || Character.getType(word.charAt(at + 1)) != Character.NON_SPACING_MARK);
    }
}
