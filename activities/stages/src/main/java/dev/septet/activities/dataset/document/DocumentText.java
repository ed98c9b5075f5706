package dev.septet.activities.dataset.document;

import java.util.Arrays;

/**
 * The text of a document. Each position of it has a place: a line of the file, or a page of a PDF. An empty line ends a
 * paragraph.
 */
final class DocumentText {
    private final StringBuilder text = new StringBuilder();
    private int[] offsets = new int[64];
    private int[] places = new int[64];
    private int parts;

    /**
     * Adds a part.
     *
     * @param place its line or page, from 1
     */
    void append(int place, CharSequence part) {
        if (part.isEmpty()) {
            return;
        }
        if (parts == 0 || places[parts - 1] != place) {
            if (parts == offsets.length) {
                offsets = Arrays.copyOf(offsets, parts * 2);
                places = Arrays.copyOf(places, parts * 2);
            }
            offsets[parts] = text.length();
            places[parts++] = place;
        }
        text.append(part);
    }

    /** Adds text that belongs to the last part. */
    void append(CharSequence part) {
        text.append(part);
    }

    int length() {
        return text.length();
    }

    /** The whole text. */
    String text() {
        return text.toString();
    }

    /** A part of the text. */
    String text(int from, int to) {
        return text.substring(from, to);
    }

    /** The line or page of a position. */
    int place(int position) {
        int part = part(position);
        return part < 0 ? 1 : places[part];
    }

    /** The end of the text around a position that has the same place. */
    int partEnd(int position) {
        int next = part(position) + 1;
        return next < parts ? offsets[next] : text.length();
    }

    private int part(int position) {
        int at = Arrays.binarySearch(offsets, 0, parts, position);
        return at >= 0 ? at : -at - 2;
    }
}
