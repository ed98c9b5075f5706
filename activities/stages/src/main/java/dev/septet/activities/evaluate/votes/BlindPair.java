package dev.septet.activities.evaluate.votes;

import dev.septet.activities.store.Sha256;
import java.util.Locale;

/**
 * Two answers to one prompt, in the order of their digests. So nothing in it tells which model wrote which answer.
 *
 * @param id digest of the prompt and of both answers; the same in either order
 * @param one the answer with the smaller digest
 */
public record BlindPair(String id, String prompt, String one, String other) {
    /** The pair of two answers in any order. */
    public static BlindPair of(String prompt, String answer, String another) {
        String one = Sha256.of(answer);
        String other = Sha256.of(another);
        boolean sorted = one.compareTo(other) <= 0;
        return new BlindPair(
                id(Sha256.of(prompt), one, other), prompt, sorted ? answer : another, sorted ? another : answer);
    }

    /** The id of a pair, from the digests of its texts. */
    static String id(String prompt, String answer, String another) {
        boolean sorted = answer.compareTo(another) <= 0;
        return Sha256.of(prompt + "\n" + (sorted ? answer : another) + "\n" + (sorted ? another : answer));
    }

    /** Whether the answer with the larger digest is shown in the first place. A half of all pairs, by seed and reviewer. */
    public boolean swapped(long seed, String reviewer) {
        return Character.digit(
                                Sha256.of(String.format(Locale.ROOT, "side\n%d\n%s\n%s", seed, reviewer, id))
                                        .charAt(0),
                                16)
                        % 2
                == 1;
    }

    /** The place of the pair among a reviewer's pairs: they are shown in the order of these texts. */
    public String rank(long seed, String reviewer) {
        return Sha256.of(String.format(Locale.ROOT, "order\n%d\n%s\n%s", seed, reviewer, id));
    }
}
