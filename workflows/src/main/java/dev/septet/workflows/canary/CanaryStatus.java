package dev.septet.workflows.canary;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Result of the deployment's query {@code canary}.
 *
 * @param challenger sha256 of the export on trial
 * @param share of the requests that it answers
 * @param endsMillis workflow time at which the trial ends, if nothing ends it before
 * @param prolonged whether the first hold was extended because too few requests came
 * @param looks the number of checks so far
 * @param last the result of the newest check, null before the first
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
    /** The state of a trial. */
    public enum State {
        HOLDING,
        PASSED,
        FAILED
    }
}
