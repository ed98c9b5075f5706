package dev.septet.activities.evaluate.metric;

/** ROUGE-1: overlap of single tokens. */
public final class Rouge1 extends RougeN {
    /** Needs no settings. */
    public Rouge1() {
        super(1);
    }
}
