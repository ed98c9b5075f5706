package dev.septet.activities.dataset.document;

/**
 * The ends of paragraphs, sentences, lines and words in a text. The rules do not depend on a language or on the version
 * of Java, so that equal texts have equal chunks.
 */
final class TextBoundaries {
    private static final String SENTENCE = ".!?\u2026";
    private static final String CLOSING = "\"')]}\u00bb\u201d\u2019";

    /** Ends of sentences in scripts without spaces. */
    private static final String WIDE_SENTENCE = "\u3002\uff01\uff1f";

    private final String text;

    TextBoundaries(String text) {
        this.text = text;
    }

    /** The first position from here that has no white space. */
    int nextWord(int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /** The first position from here that has white space. */
    int wordEnd(int from) {
        int at = from;
        while (at < text.length() && at - from < 1000 && !Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /** The position, or the one before it if it is inside of a character. */
    int whole(int position) {
        boolean inside = position > 0
                && position < text.length()
                && Character.isLowSurrogate(text.charAt(position))
                && Character.isHighSurrogate(text.charAt(position - 1));
        return inside ? position - 1 : position;
    }

    /**
     * The best end of a chunk.
     *
     * @param from where the chunk begins
     * @param first the end is after this position
     * @param longest the largest end
     */
    int best(int from, int first, int longest) {
        int half = Math.max(first + 1, from + (longest - from) / 2);
        int paragraph = last(half, longest, Boundary.PARAGRAPH);
        if (paragraph > 0) {
            return paragraph;
        }
        int sentence = last(half, longest, Boundary.SENTENCE);
        if (sentence > 0) {
            return sentence;
        }
        int line = last(half, longest, Boundary.LINE);
        if (line > 0) {
            return line;
        }
        int word = last(first + 1, longest, Boundary.WORD);
        return word > 0 ? word : whole(longest);
    }

    /** The start of a repeated text: the first sentence of it, or else its first word; {@code end} for none. */
    int start(int from, int end) {
        for (Boundary kind : new Boundary[] {Boundary.SENTENCE, Boundary.WORD}) {
            for (int at = from; at < end; at++) {
                if (is(kind, at)) {
                    return Math.min(end, nextWord(at));
                }
            }
        }
        return end;
    }

    private enum Boundary {
        PARAGRAPH,
        SENTENCE,
        LINE,
        WORD
    }

    private int last(int least, int longest, Boundary kind) {
        for (int at = longest; at >= least; at--) {
            if (is(kind, at)) {
                return at;
            }
        }
        return 0;
    }

    /** Whether something ends before a position. */
    private boolean is(Boundary kind, int at) {
        if (at <= 0 || at >= text.length()) {
            return at == text.length();
        }
        return switch (kind) {
            case PARAGRAPH -> text.charAt(at) == '\n' && blankLine(at);
            case SENTENCE -> sentence(at);
            case LINE -> text.charAt(at) == '\n';
            case WORD -> Character.isWhitespace(text.charAt(at)) && !Character.isWhitespace(text.charAt(at - 1));
        };
    }

    private boolean blankLine(int at) {
        for (int next = at + 1; next < text.length() && next - at < 1000; next++) {
            char c = text.charAt(next);
            if (c == '\n') {
                return true;
            }
            if (!Character.isWhitespace(c)) {
                return false;
            }
        }
        return false;
    }

    private boolean sentence(int at) {
        if (WIDE_SENTENCE.indexOf(text.charAt(at - 1)) >= 0) {
            return true;
        }
        if (!Character.isWhitespace(text.charAt(at))) {
            return false;
        }
        int mark = at - 1;
        while (mark > 0 && at - mark < 8 && CLOSING.indexOf(text.charAt(mark)) >= 0) {
            mark--;
        }
        return SENTENCE.indexOf(text.charAt(mark)) >= 0;
    }
}
