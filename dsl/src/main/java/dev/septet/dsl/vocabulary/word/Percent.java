package dev.septet.dsl.vocabulary.word;

/** A share in percent; 100 is the whole. */
public record Percent(double value) {
    /** The share as a fraction: 0.05 for {@code 5.percent}. */
    public double fraction() {
        return value / 100;
    }
}
