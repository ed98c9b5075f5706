package dev.septet.workflows;

/**
 * What an activity is to its run. It is dispatched before the work of its run that is less urgent. A running activity is
 * never interrupted.
 */
public enum WorkPriority {
    /** A check of a deployed model: it is short, and a late check finds drift late. */
    CHECK(2),
    /** Evaluation and publication: they end a run whose training is done. */
    FINISH(1),
    /** All other work. */
    TRAIN(0);

    private final int before;

    WorkPriority(int before) {
        this.before = before;
    }

    /**
     * Temporal's priority key.
     *
     * @param run the key of the run: 1 is dispatched first
     */
    int key(int run) {
        return Math.max(1, run - before);
    }
}
