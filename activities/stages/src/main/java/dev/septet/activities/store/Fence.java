package dev.septet.activities.store;

/**
 * The right to write in a scope, held by one attempt (fencing). When a later attempt of the same
 * scope has opened its fence, every commit of an earlier attempt is refused.
 *
 * @param scope what the attempts compete for, such as {@code <run>/train}
 * @param token increases from attempt to attempt
 */
public record Fence(String scope, FencingToken token) {
    /**
     * A fence outside of activities, or of an activity that is requested once.
     *
     * @param attempt number of the attempt, from 1
     */
    public Fence(String scope, int attempt) {
        this(scope, new FencingToken(0, attempt));
    }

    /** The attempt's number within its request. */
    public int attempt() {
        return token.attempt();
    }
}
