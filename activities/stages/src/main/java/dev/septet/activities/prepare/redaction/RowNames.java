package dev.septet.activities.prepare.redaction;

import dev.septet.activities.prepare.redaction.NameWords.Shape;
import dev.septet.activities.prepare.redaction.NameWords.Word;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The names of persons that were found in a row. After a full name, its parts are names too: {@code Mara} after {@code Mara
 * Lind}. A part of one full name is the same person; a part of two is not clear.
 */
final class RowNames {
    private static final int SHORTEST = 3;
    private static final int MOST = 1000;
    private static final String UNCLEAR = "";

    private final Map<String, String> wholes = new HashMap<>();

    /** Learns the full names among the findings in a text. */
    void learn(String text, List<PersonalDataSpan> found) {
        for (PersonalDataSpan span : found) {
            if (span.kind() == Kind.NAME && wholes.size() < MOST) {
                NameWords words = NameWords.of(text.substring(span.start(), span.end()));
                String whole = plain(words);
                for (int at = 0; words.size() > 1 && at < words.size(); at++) {
                    String part = words.get(at).key();
                    if (part.length() >= SHORTEST && !NameTerms.PARTICLES.contains(part)) {
                        wholes.merge(part, whole, (one, other) -> one.equals(other) ? one : UNCLEAR);
                    }
                }
            }
        }
    }

    /** The parts of known names in a text. A part that is also another word is none. */
    List<PersonalDataSpan> find(String text) {
        List<PersonalDataSpan> spans = new ArrayList<>();
        if (wholes.isEmpty()) {
            return spans;
        }
        NameWords words = NameWords.of(text);
        for (int at = 0; at < words.size(); at++) {
            Word word = words.get(at);
            boolean name = word.shape() != Shape.SMALL
                    && wholes.containsKey(word.key())
                    && !NameTerms.ALSO_WORDS.contains(word.key())
                    && !NameTerms.NO_NAMES.contains(word.key());
            if (name) {
                spans.add(new PersonalDataSpan(Kind.NAME, word.start(), word.end()));
            }
        }
        return spans;
    }

    /** A name in small letters, given name first; of a part, the full name that it belongs to. */
    String whole(String value) {
        NameWords words = NameWords.of(value);
        String plain = plain(words);
        String whole = words.size() == 1 ? wholes.getOrDefault(plain, UNCLEAR) : UNCLEAR;
        return whole.equals(UNCLEAR) ? plain : whole;
    }

    private static String plain(NameWords words) {
        List<String> parts = new ArrayList<>();
        for (int at = 0; at < words.size(); at++) {
            parts.add(words.get(at).key());
        }
        if (parts.size() == 2 && words.gap(0).startsWith(",")) {
            return parts.get(1) + " " + parts.get(0);
        }
        return String.join(" ", parts);
    }
}
