package dev.septet.workflows.canary;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Answer of the deployment's query {@code canary}.
 *
 * @param challenger sha256 of the export on trial
 * @param share of the requests that it answers
 * @param endsMillis workflow time at which the trial ends, if nothing ends it before
 * @param prolonged whether too few requests came in the first hold
 * @param looks taken so far
 * @param last the newest of them, null before the first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CanaryStatus(
        State state,
        String challenger,
        double share,
        long endsMillis,
        boolean prolonged,
        int looks,
        @Nullable CanaryReading last) {
    /** How a trial stands. */
    public enum State {
        HOLDING,
        PASSED,
        FAILED
    }
}
