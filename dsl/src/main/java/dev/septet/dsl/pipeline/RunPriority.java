package dev.septet.dsl.pipeline;

/** Which runs get a free worker first, from the most urgent to the least urgent. */
public enum RunPriority {
    /** Temporal's priority 1: work that a person waits for now. */
    URGENT(1),
    /** Temporal's priority 2: short trainings that somebody looks at. */
    INTERACTIVE(2),
    /** Temporal's priority 3: the default of runs that somebody starts. */
    TRAINING(3),
    /** Temporal's priority 4: the default of runs that a schedule, drift or feedback starts. */
    RETRAINING(4),
    /** Temporal's priority 5: work that may wait for hours. */
    BACKGROUND(5);

    private final int key;

    RunPriority(int key) {
        this.key = key;
    }

    /** Temporal's priority key: 1 is dispatched first. */
    public int key() {
        return key;
    }
}
