package dev.septet.activities.track.run;

import java.io.IOException;

/** A tracker of runs. */
public interface Tracker {
    /**
     * Brings the tracker up to the state of a run. It may be called again with the same state, and with later states.
     *
     * @return where the tracker has the run: an address without secrets, or a folder
     * @throws dev.septet.activities.attempt.StageProblem POLICY_DENIED or INVALID_PIPELINE when no other try can help
     * @throws IOException when another try may help
     */
    String send(TrackedRun run) throws IOException, InterruptedException;
}
