package dev.septet.activities.serving;

/**
 * What a run does to its pipeline's route, in the order in which it may: once a later step has
 * begun, no attempt of an earlier one can write.
 */
public enum RouteStep {
    PUBLISH(0),
    CHALLENGE(1),
    /** A trial lasts longer than was said. */
    RENEW(2),
    PROMOTE(3),
    ROLL_BACK(4);

    private final int number;

    RouteStep(int number) {
        this.number = number;
    }

    /** Its place in that order, for the fence. */
    public int number() {
        return number;
    }
}
