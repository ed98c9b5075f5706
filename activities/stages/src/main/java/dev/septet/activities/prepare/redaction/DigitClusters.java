package dev.septet.activities.prepare.redaction;

import java.util.ArrayList;
import java.util.List;

/**
 * The parts of a text that may contain a phone number. Some characters, such as the letter h and
 * the line feed, never occur in a phone number or its extension; the text is split at them.
 */
final class DigitClusters {
    /**
     * Letters that occur in no word for an extension ({@code ext}, {@code extensión}, {@code
     * anexo}, {@code int}), and signs that occur neither between digits nor before an extension.
     */
    private static final String CUTTING = "bcdfghjklmpqruvwyz\n@!?\"'";

    private DigitClusters() {}

    /**
     * A part, with the splitting character before and after it.
     *
     * @param start first UTF-16 unit
     * @param end after the last UTF-16 unit
     * @param digits number of digits of any script
     * @param international whether it contains a plus sign
     */
    record Cluster(int start, int end, int digits, boolean international) {}

    /** All parts with a digit, from left to right. Neighbours share the character between them. */
    static List<Cluster> of(String text) {
        List<Cluster> clusters = new ArrayList<>();
        int start = 0;
        int digits = 0;
        boolean plus = false;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (Character.isDigit(c)) {
                digits++;
            } else if (c == '+' || c == '\uFF0B') {
                plus = true;
            } else if (cuts(c)) {
                if (digits > 0) {
                    clusters.add(new Cluster(start, at + 1, digits, plus));
                }
                start = at;
                digits = 0;
                plus = false;
            }
        }
        if (digits > 0) {
            clusters.add(new Cluster(start, text.length(), digits, plus));
        }
        return clusters;
    }

    private static boolean cuts(char c) {
        return CUTTING.indexOf(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) >= 0;
    }
}
