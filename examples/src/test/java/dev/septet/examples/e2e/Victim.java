package dev.septet.examples.e2e;

/** A process of a stack that serves a model. */
enum Victim {
    LIGHT,
    TRAINING,
    SERVING,
    SERVER;

    /**
     * The name by which the supervisor keeps it.
     *
     * @param port at which the model is served
     */
    String process(int port) {
        return switch (this) {
            case LIGHT -> "light";
            case TRAINING -> "training";
            case SERVING -> "serve-" + port;
            case SERVER -> "server";
        };
    }
}
