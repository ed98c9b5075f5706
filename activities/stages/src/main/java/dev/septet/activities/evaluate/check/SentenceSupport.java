package dev.septet.activities.evaluate.check;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Decides whether a context supports a sentence. Judges are asked by {@link Entailment}. */
@FunctionalInterface
interface SentenceSupport {
    /** What a context says about a sentence. */
    enum Support {
        /** The context has everything that the sentence claims. */
        SUPPORTED,
        /** The context lacks something that the sentence claims. */
        UNSUPPORTED,
        /** The sentence claims nothing that can be looked for. */
        NO_CLAIM
    }

    /** Looks for the claims of a sentence in a context. */
    Support of(String sentence, String context);

    /** The sentences of a text, by Unicode's rules and at line breaks. */
    static List<String> sentences(String text) {
        List<String> sentences = new ArrayList<>();
        for (String line : text.split("\\R")) {
            BreakIterator breaks = BreakIterator.getSentenceInstance(Locale.ROOT);
            breaks.setText(line);
            int from = breaks.first();
            for (int to = breaks.next(); to != BreakIterator.DONE; to = breaks.next()) {
                String sentence = line.substring(from, to).strip();
                if (!sentence.isEmpty()) {
                    sentences.add(sentence);
                }
                from = to;
            }
        }
        return sentences;
    }
}
