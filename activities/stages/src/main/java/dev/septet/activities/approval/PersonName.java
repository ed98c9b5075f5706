package dev.septet.activities.approval;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.workflows.FailureType;
import java.text.Normalizer;
import java.util.Locale;

/** Normalizes the spellings of a person's name to one form. */
public final class PersonName {
    /** Invisible characters that Unicode does not classify as control characters. */
    private static final String UNSEEN =
            "\\u034F\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u2800\\u3164\\uFE00-\\uFE0F\\uFFA0"
                    + "\\x{E0000}-\\x{E0FFF}";

    private PersonName() {}

    /**
     * The name for comparisons: NFKC form, case folded, with one space between words.
     *
     * @throws StageProblem REFUSED when it contains an invisible character
     */
    public static String of(String written) {
        written.codePoints().filter(PersonName::unseen).findFirst().ifPresent(letter -> {
            throw new StageProblem(
                    FailureType.REFUSED,
                    String.format(
                            Locale.ROOT, "by: the name contains an invisible character (U+%04X); remove it", letter));
        });
        String folded = Normalizer.normalize(written, Normalizer.Form.NFKC)
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT);
        String plain = Normalizer.normalize(folded, Normalizer.Form.NFKC)
                .replaceAll("[" + UNSEEN + "\\p{C}]", "")
                .strip()
                .replaceAll("\\s+", " ");
        if (plain.isEmpty()) {
            throw new StageProblem(FailureType.REFUSED, "by: the name has no visible character; give a name");
        }
        return plain;
    }

    private static boolean unseen(int letter) {
        String text = Character.toString(letter);
        return text.matches("[\\p{C}\\p{Zl}\\p{Zp}" + UNSEEN + "]");
    }
}
