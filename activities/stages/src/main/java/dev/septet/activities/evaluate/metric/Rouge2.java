package dev.septet.activities.evaluate.metric;

/** ROUGE-2: overlap of pairs of tokens. */
public final class Rouge2 extends RougeN {
    /** Needs no settings. */
    public Rouge2() {
        super(2);
    }
}
