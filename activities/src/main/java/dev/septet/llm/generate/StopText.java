package dev.septet.llm.generate;

import java.util.List;

/**
 * Looks for stop texts in text that comes in pieces, and holds back what may be the beginning of
 * one.
 */
final class StopText {
    private final List<String> stops;
    private final StringBuilder pending = new StringBuilder();
    private boolean found;

    StopText(List<String> stops) {
        this.stops = stops;
    }

    /** Takes the next piece; gives the text that cannot be part of a stop text. */
    String add(String piece) {
        pending.append(piece);
        int stop = earliest();
        if (stop >= 0) {
            found = true;
            pending.setLength(stop);
            return take(stop);
        }
        return take(pending.length() - heldBack());
    }

    /** Whether a stop text came. Nothing after it matters any more. */
    boolean found() {
        return found;
    }

    /** What was held back for nothing. */
    String finish() {
        return take(pending.length());
    }

    private int earliest() {
        int earliest = -1;
        for (String stop : stops) {
            int at = pending.indexOf(stop);
            if (at >= 0 && (earliest < 0 || at < earliest)) {
                earliest = at;
            }
        }
        return earliest;
    }

    /** Length of the longest end that is the beginning of a stop text. */
    private int heldBack() {
        int longest = 0;
        for (String stop : stops) {
            int most = Math.min(stop.length() - 1, pending.length());
            for (int length = most; length > longest; length--) {
                if (stop.startsWith(pending.substring(pending.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    private String take(int length) {
        String text = pending.substring(0, length);
        pending.delete(0, length);
        return text;
    }
}
