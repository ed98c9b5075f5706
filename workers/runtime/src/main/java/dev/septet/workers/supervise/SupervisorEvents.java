package dev.septet.workers.supervise;

import java.nio.file.Path;

/** The events of a supervisor; called on the supervisor's own threads. */
public interface SupervisorEvents {
    /**
     * A process ended unexpectedly.
     *
     * @param status exit status, 128 + n for signal n
     */
    void died(String name, int status);

    /**
     * A process keeps ending soon after its start. Called once, until the process has stayed up for
     * a while.
     */
    void keepsDying(String name, Path log);
}
