package dev.septet.activities.evaluate.metric;

/** ROUGE-1: overlap of unigrams. */
public final class Rouge1 extends RougeN {
    /** Needs no settings. */
    public Rouge1() {
        super(1);
    }
}
