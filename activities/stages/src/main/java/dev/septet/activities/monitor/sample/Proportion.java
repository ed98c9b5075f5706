package dev.septet.activities.monitor.sample;

import java.util.Locale;

/** A part of a whole: refusals of answers, thumbs-down of opinions. */
public record Proportion(long part, long whole) implements FeatureSample {
    public Proportion {
        if (part < 0 || part > whole) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, "%d of %d is not a share", part, whole));
        }
    }

    @Override
    public long size() {
        return whole;
    }

    /** From 0 to 1; 0 when the whole is 0. */
    public double fraction() {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
