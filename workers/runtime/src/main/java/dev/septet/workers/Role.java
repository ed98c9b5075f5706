package dev.septet.workers;

import java.util.Locale;

/** The kind of work that a worker process does. */
public enum Role {
    /** Workflows and light activities. */
    LIGHT,
    /** Activities that need the engine, one per device. */
    TRAINING,
    /** Both, in one process. */
    ALL;

    /**
     * The role's name on the command line, which is also the name of the process and of its files.
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether this process polls the light queue. */
    public boolean light() {
        return this != TRAINING;
    }

    /** Whether this process runs activities that need the engine. */
    public boolean training() {
        return this != LIGHT;
    }
}
