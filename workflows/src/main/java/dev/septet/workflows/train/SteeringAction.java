package dev.septet.workflows.train;

/** Commands for a running training. */
public enum SteeringAction {
    /** Commits a checkpoint and waits, without a device. */
    PAUSE("pause"),
    /** Continues from where the training was paused. */
    RESUME("resume"),
    /** Commits a checkpoint and continues. */
    CHECKPOINT_NOW("checkpointNow"),
    /** Ends the training as if all its steps were done. */
    STOP_EARLY("stopEarly"),
    /** Trains with this constant rate from a step on, instead of the file's schedule. */
    SET_LEARNING_RATE("setLearningRate");

    private final String update;

    SteeringAction(String update) {
        this.update = update;
    }

    /** Name of the Update. */
    public String update() {
        return update;
    }

    /** Whether the command changes the bytes of the training's result. */
    public boolean altersResult() {
        return this == STOP_EARLY || this == SET_LEARNING_RATE;
    }
}
