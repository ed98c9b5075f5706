package dev.septet.examples.attacks;

/**
 * The counts of results for the inputs of one kind.
 *
 * @param next index of the next input
 * @param slowest time of the slowest input, in milliseconds
 */
record Tally(long next, long accepted, long refused, long findings, long slowest) {
    static final Tally NONE = new Tally(0, 0, 0, 0, 0);

    long inputs() {
        return accepted + refused + findings;
    }

    Tally accepted(long milliseconds) {
        return new Tally(next + 1, accepted + 1, refused, findings, Math.max(slowest, milliseconds));
    }

    Tally refused(long milliseconds) {
        return new Tally(next + 1, accepted, refused + 1, findings, Math.max(slowest, milliseconds));
    }

    Tally found(long milliseconds) {
        return new Tally(next + 1, accepted, refused, findings + 1, Math.max(slowest, milliseconds));
    }
}
