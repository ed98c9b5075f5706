package dev.septet.activities.evaluate.metric.text;

/** chrF: F-score of common n-grams of characters. */
public final class ChrF extends CharacterFScore {
    /** Needs no settings. */
    public ChrF() {
        super("chrF", 0);
    }
}
