package dev.septet.examples.attacks;

/**
 * The counts of results for the inputs of one kind.
 *
 * @param next index of the next input
 * @param slowest time of the slowest input, in milliseconds
 */
record AttackTally(long next, long accepted, long refused, long findings, long slowest) {
    static final AttackTally NONE = new AttackTally(0, 0, 0, 0, 0);

    long inputs() {
        return accepted + refused + findings;
    }

    AttackTally accepted(long milliseconds) {
        return new AttackTally(next + 1, accepted + 1, refused, findings, Math.max(slowest, milliseconds));
    }

    AttackTally refused(long milliseconds) {
        return new AttackTally(next + 1, accepted, refused + 1, findings, Math.max(slowest, milliseconds));
    }

    AttackTally found(long milliseconds) {
        return new AttackTally(next + 1, accepted, refused, findings + 1, Math.max(slowest, milliseconds));
    }
}
