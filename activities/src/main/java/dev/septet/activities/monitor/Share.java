package dev.septet.activities.monitor;

/** So many of so many: refusals of answers, thumbs down of opinions. */
record Share(long part, long whole) implements Sample {
    Share {
        if (part < 0 || part > whole) {
            throw new IllegalArgumentException("%d of %d is no share".formatted(part, whole));
        }
    }

    @Override
    public long size() {
        return whole;
    }

    /** From 0 to 1; 0 of nothing. */
    double fraction() {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
