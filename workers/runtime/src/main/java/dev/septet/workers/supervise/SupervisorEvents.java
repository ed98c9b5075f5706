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

    /** A process dies as soon as it starts; told once, until it has stayed up for a while. */
    void keepsDying(String name, Path log);
}
