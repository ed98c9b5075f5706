package dev.septet.workflows;

/**
 * The attempts of one activity so far. Its heartbeats carry the tally from attempt to attempt, so the server keeps it
 * when a worker dies.
 *
 * @param attempt the attempt that reports it, from 1
 * @param lost consecutive attempts before it that ended without progress and that count against the limit
 * @param base newest committed step that was known when this attempt began, -1 = none
 * @param reached newest committed step that is known now
 * @param waits consecutive attempts before it that ended to wait for something
 */
public record AttemptTally(int attempt, int lost, int base, int reached, int waits) {
    /** The tally before any attempt. */
    public static final AttemptTally FIRST = new AttemptTally(1, 0, -1, -1, 0);

    /** How an attempt ended. */
    public enum End {
        /** The attempt failed, or its process died: it counts unless it made progress. */
        FAILED,
        /** The attempt ended because its worker shuts down. */
        INTERRUPTED,
        /** The attempt waits for disk space, the store or an operator. */
        WAITS
    }

    /**
     * The tally of the next attempt. Attempts in between without a heartbeat died at their start and count.
     *
     * @param next the attempt that begins
     * @param end how the attempt before it ended
     */
    public AttemptTally next(int next, End end) {
        boolean progressed = reached > base;
        int silent = Math.max(0, next - attempt - 1);
        return new AttemptTally(
                next,
                (progressed ? 0 : lost) + silent + (end == End.FAILED ? 1 : 0),
                reached,
                reached,
                end == End.WAITS ? waits + 1 : 0);
    }

    /** The tally after a checkpoint was committed. */
    public AttemptTally withReached(int step) {
        return step <= reached ? this : new AttemptTally(attempt, lost, base, step, waits);
    }

    /** Consecutive attempts without progress, if this one fails now. */
    public int lostAfterFailure() {
        return reached > base ? 1 : lost + 1;
    }
}
