package dev.septet.workflows.train;

/** What a running training can be told. */
public enum SteeringAction {
    /** Commit a checkpoint and wait, holding no device. */
    PAUSE("pause"),
    /** Go on from where it was paused. */
    RESUME("resume"),
    /** Commit a checkpoint and go on. */
    CHECKPOINT_NOW("checkpointNow"),
    /** End the training as if all its steps were done. */
    STOP_EARLY("stopEarly"),
    /** Train with this constant rate from a step on, whatever the file's schedule says. */
    SET_LEARNING_RATE("setLearningRate");

    private final String update;

    SteeringAction(String update) {
        this.update = update;
    }

    /** Name of the Update. */
    public String update() {
        return update;
    }

    /** Whether a training that was told so ends in other bytes than one that was not. */
    public boolean altersResult() {
        return this == STOP_EARLY || this == SET_LEARNING_RATE;
    }
}
