package dev.septet.activities.prepare.augment;

import java.util.Random;

/** Changes a text in a way that keeps its meaning. */
@FunctionalInterface
interface TextChange {
    /**
     * The changed text; the same text when nothing in it can be changed.
     *
     * @param random all choices come from it, in the same order for the same text
     * @param copy number of the copy, from 0
     */
    String apply(String text, Random random, int copy);

    /** Whether the copies of a row are the different results of one random order, by their numbers. */
    default boolean numbered() {
        return false;
    }
}
