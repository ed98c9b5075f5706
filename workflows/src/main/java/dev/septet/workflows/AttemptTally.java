package dev.septet.workflows;

/**
 * The attempts of one activity so far. Its heartbeats carry it from attempt to attempt, so the
 * server keeps it, whatever dies.
 *
 * @param attempt the attempt that says it, from 1
 * @param lost attempts in a row before it that ended without progress and not for a reason that
 *     costs nothing
 * @param base newest committed step that was known when this attempt began, -1 = none
 * @param reached newest committed step that is known now
 * @param waits attempts in a row before it that ended because something was to be waited for
 */
public record AttemptTally(int attempt, int lost, int base, int reached, int waits) {
    /** Before anything was tried. */
    public static final AttemptTally FIRST = new AttemptTally(1, 0, -1, -1, 0);

    /** How an attempt ended. */
    public enum End {
        /** It failed, or its process died: it counts unless it made progress. */
        FAILED,
        /** It handed over because its worker shuts down. */
        INTERRUPTED,
        /** It waits for space, the store or an operator. */
        WAITS
    }

    /**
     * What the next attempt knows. Attempts between that said nothing died at birth and count.
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

    /** The same when a checkpoint was committed. */
    public AttemptTally reaching(int step) {
        return step <= reached ? this : new AttemptTally(attempt, lost, base, step, waits);
    }

    /** Attempts in a row without progress, when this one fails now. */
    public int whenItFails() {
        return reached > base ? 1 : lost + 1;
    }
}
