package dev.septet.llm.generate.sampling;

import java.util.List;

/**
 * Looks for stop texts in text that comes in pieces, and holds back what may be the beginning of
 * one. Each stop text is looked for by an automaton of its own, so that a character costs the same
 * however long the stop texts and the answer are.
 *
 * @see <a href="https://doi.org/10.1137/0206024">Knuth, Morris and Pratt, 1977</a>
 */
public final class StopText {
    private final List<Search> searches;
    private final StringBuilder pending = new StringBuilder();
    private boolean found;

    /** One stop text, and how much of it the text so far ends with. */
    private static final class Search {
        private final String stop;

        /** For each length, the next shorter beginning that is an end of the beginning as well. */
        private final int[] shorter;

        private int matched;

        Search(String stop) {
            this.stop = stop;
            this.shorter = new int[stop.length() + 1];
            int length = 0;
            for (int i = 1; i < stop.length(); i++) {
                while (length > 0 && stop.charAt(i) != stop.charAt(length)) {
                    length = shorter[length];
                }
                if (stop.charAt(i) == stop.charAt(length)) {
                    length++;
                }
                shorter[i + 1] = length;
            }
        }

        /** Takes the next character; true when the stop text ends with it. */
        public boolean add(char next) {
            if (matched == stop.length()) {
                matched = shorter[matched];
            }
            while (matched > 0 && stop.charAt(matched) != next) {
                matched = shorter[matched];
            }
            if (stop.charAt(matched) == next) {
                matched++;
            }
            return matched == stop.length();
        }
    }

    public StopText(List<String> stops) {
        this.searches = stops.stream().map(Search::new).toList();
    }

    /** Takes the next piece; gives the text that cannot be part of a stop text. */
    public String add(String piece) {
        if (searches.isEmpty()) {
            return piece;
        }
        int before = pending.length();
        pending.append(piece);
        int stop = -1;
        int held = 0;
        for (Search search : searches) {
            int at = find(search, piece);
            if (at >= 0) {
                int start = before + at + 1 - search.stop.length();
                stop = stop < 0 ? start : Math.min(stop, start);
            }
            held = Math.max(held, search.matched);
        }
        if (stop >= 0) {
            found = true;
            pending.setLength(stop);
            return take(stop);
        }
        return take(pending.length() - held);
    }

    /** Where in the piece the stop text ends for the first time; -1 where it does not. */
    private static int find(Search search, String piece) {
        for (int i = 0; i < piece.length(); i++) {
            if (search.add(piece.charAt(i))) {
                return i;
            }
        }
        return -1;
    }

    /** Whether a stop text came. Nothing after it matters any more. */
    public boolean found() {
        return found;
    }

    /** What was held back for nothing. */
    public String finish() {
        return take(pending.length());
    }

    private String take(int length) {
        String text = pending.substring(0, length);
        pending.delete(0, length);
        return text;
    }
}
