package dev.septet.activities.evaluate.metric.text;

import dev.septet.llm.template.jinja.value.PythonText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Splits texts as Python's {@code str.split} and {@code \w} do, so that scores equal those of its libraries. */
public final class PlainWords {
    private PlainWords() {}

    /** Runs of characters that are not white space. */
    public static List<String> of(String text) {
        return runs(text, c -> !PythonText.isSpace(c));
    }

    /** Runs of letters, digits and underscores. */
    static List<String> letters(String text) {
        return runs(text, PlainWords::isWord);
    }

    /** Letters, numbers of every kind, and the underscore. */
    static boolean isWord(int c) {
        int type = Character.getType(c);
        return Character.isLetterOrDigit(c)
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER
                || c == '_';
    }

    private static List<String> runs(String text, IntPredicate kept) {
        List<String> runs = new ArrayList<>();
        int from = -1;
        int at = 0;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (kept.test(c)) {
                from = from < 0 ? at : from;
            } else if (from >= 0) {
                runs.add(text.substring(from, at));
                from = -1;
            }
            at += Character.charCount(c);
        }
        if (from >= 0) {
            runs.add(text.substring(from));
        }
        return runs;
    }
}
