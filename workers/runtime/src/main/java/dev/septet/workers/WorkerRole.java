package dev.septet.workers;

import java.util.Locale;

/** What a worker process does. */
public enum WorkerRole {
    /** Workflows and light activities. */
    LIGHT,
    /** Activities that need the engine, one a device. */
    TRAINING,
    /** Both, in one process. */
    ALL;

    /** The word on the command line, also the name of the process and of its files. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether this process polls the light queue. */
    public boolean light() {
        return this != TRAINING;
    }

    /** Whether this process trains. */
    public boolean training() {
        return this != LIGHT;
    }
}
