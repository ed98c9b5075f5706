package dev.septet.dsl.problem;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the known word that an unknown word most likely stands for. */
public final class Nearest {
    private Nearest() {}

    /** The nearest known word, if it is near enough; of equally near words the first. */
    public static Optional<String> to(String word, Collection<String> known) {
        String best = "";
        int min = (word.length() <= 3 ? 1 : word.length() <= 8 ? 2 : 3) + 1;
        for (String candidate : known) {
            int distance = distance(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < min && distance < candidate.length()) {
                min = distance;
                best = candidate;
            }
        }
        return best.isEmpty() ? startingWith(word, known) : Optional.of(best);
    }

    /** Finds {@code baseline} for {@code base}. */
    private static Optional<String> startingWith(String word, Collection<String> known) {
        return word.length() < 3
                ? Optional.empty()
                : known.stream().filter(k -> k.startsWith(word)).findFirst();
    }

    /** "Did you mean `x`?", or nothing when no known word is near. */
    public static String hint(String word, Collection<String> known) {
        return to(word, known).map(near -> "Did you mean `" + near + "`?").orElse("");
    }

    /**
     * The Damerau-Levenshtein distance: the number of insertions, deletions, replacements and swaps of neighbours that
     * turn one word into the other.
     *
     * @see <a href="https://doi.org/10.1145/363958.363994">Damerau, 1964</a>
     */
    static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > 12) {
            return Integer.MAX_VALUE;
        }
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int replaced = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int min = Math.min(cost[i - 1][j - 1] + replaced, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                cost[i][j] = swapped ? Math.min(min, cost[i - 2][j - 2] + 1) : min;
            }
        }
        return cost[a.length()][b.length()];
    }
}
