package dev.septet.activities.evaluate.metric.text;

/** chrF++: chrF that also counts words and pairs of words. */
public final class ChrFPlusPlus extends CharacterFScore {
    /** Needs no settings. */
    public ChrFPlusPlus() {
        super("chrFPlusPlus", 2);
    }
}
