package dev.septet.activities.evaluate.metric;

/** ROUGE-2: overlap of bigrams. */
public final class Rouge2 extends RougeN {
    /** Needs no settings. */
    public Rouge2() {
        super(2);
    }
}
