package dev.septet.llm.generate.sampling;

import java.util.List;

/**
 * Finds stop strings in text that arrives in pieces, and holds back text that may be the beginning
 * of one. Each stop string has its own automaton, so the cost per character depends neither on the
 * stop string's length nor on the answer's.
 *
 * @see <a href="https://doi.org/10.1137/0206024">Knuth, Morris and Pratt, 1977</a>
 */
public final class StopText {
    private final List<Search> searches;
    private final StringBuilder pending = new StringBuilder();
    private boolean found;

    /** One stop string, and the length of its longest prefix that the text so far ends with. */
    private static final class Search {
        private final String stop;

        /**
         * Failure function: for each prefix length, the length of the longest proper prefix that is
         * also a suffix.
         */
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

        /** Adds the next character; true when the stop string ends with it. */
        boolean add(char next) {
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

    /** Adds the next piece; returns the text that cannot be part of a stop string. */
    public String add(String piece) {
        if (searches.isEmpty()) {
            return piece;
        }
        int before = pending.length();
        pending.append(piece);
        int stop = -1;
        int heldBack = 0;
        for (Search search : searches) {
            int at = find(search, piece);
            if (at >= 0) {
                int start = before + at + 1 - search.stop.length();
                stop = stop < 0 ? start : Math.min(stop, start);
            }
            heldBack = Math.max(heldBack, search.matched);
        }
        if (stop >= 0) {
            found = true;
            pending.setLength(stop);
            return release(stop);
        }
        return release(pending.length() - heldBack);
    }

    /** Index in the piece where the stop string first ends; -1 if it does not. */
    private static int find(Search search, String piece) {
        for (int i = 0; i < piece.length(); i++) {
            if (search.add(piece.charAt(i))) {
                return i;
            }
        }
        return -1;
    }

    /** Whether a stop string was found. Text after it is ignored. */
    public boolean found() {
        return found;
    }

    /** The held-back text, which turned out not to be a stop string. */
    public String finish() {
        return release(pending.length());
    }

    private String release(int length) {
        String text = pending.substring(0, length);
        pending.delete(0, length);
        return text;
    }
}
