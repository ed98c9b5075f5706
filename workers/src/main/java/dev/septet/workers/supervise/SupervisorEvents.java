package dev.septet.workers.supervise;

import java.nio.file.Path;

/** What a supervisor tells its owner; called from the supervisor's own threads. */
public interface SupervisorEvents {
    /**
     * A process died without being asked to.
     *
     * @param status exit status, 128 + n for signal n
     */
    void died(String name, int status);

    /** A process died too often, too soon; it is not started again. */
    void gaveUp(String name, Path log);
}
