package dev.septet.activities.serving;

/**
 * A run's changes of its pipeline's route, in their possible order. When a later step has started,
 * no attempt of an earlier one can write.
 */
public enum RouteStep {
    PUBLISH(0),
    CHALLENGE(1),
    /** A trial is extended. */
    RENEW(2),
    PROMOTE(3),
    ROLL_BACK(4);

    private final int number;

    RouteStep(int number) {
        this.number = number;
    }

    /** The position in that order, for the fencing token. */
    public int number() {
        return number;
    }
}
