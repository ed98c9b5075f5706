package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.Refusal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Words of every stage: its time limits and its retry policy. */
public abstract class StageDsl {
    private StagePolicy policy;
    private boolean heartbeatSet;

    StageDsl(StagePolicy policy) {
        this.policy = policy;
    }

    /** How long one attempt of the stage may take. */
    @Example("timeout 2.hours")
    public void timeout(@Example("2.hours") Duration limit) {
        Refusal.unless(limit.toMillis() >= 1000, "timeout must be at least 1.seconds");
        policy = new StagePolicy(limit, policy.heartbeat(), policy.attempts(), policy.backoff(), policy.factor());
    }

    /** How long a worker may send no heartbeat before another worker takes over. At least one second. */
    @Example("heartbeat 1.minute")
    public void heartbeat(@Example("1.minute") Duration silence) {
        heartbeatSet = true;
        Refusal.unless(silence.toMillis() >= 1000, "heartbeat must be at least 1.seconds");
        policy = withHeartbeat(silence);
    }

    /**
     * How a failed attempt is retried. {@code attempts:} is the largest number of consecutive attempts without
     * progress. It includes the first attempt; 0 = no limit. {@code backoff:} is the wait before the second attempt, and {@code factor:} is
     * the growth of each further wait. A new checkpoint restarts the count. A shutdown, a full disk and an unreachable
     * store do not count.
     */
    @Example("retry attempts: 5, backoff: 30.seconds, factor: 2.0")
    public void retry(
            @Option @Example("5") @Nullable Integer attempts,
            @Option @Example("30.seconds") @Nullable Duration backoff,
            @Option @Example("2.0") @Nullable Double factor) {
        Refusal.unless(
                attempts != null || backoff != null || factor != null, "retry needs attempts:, backoff: or factor:");
        policy = new StagePolicy(
                policy.timeout(),
                policy.heartbeat(),
                attempts == null ? policy.attempts() : attempts,
                backoff == null ? policy.backoff() : backoff,
                factor == null ? policy.factor() : factor);
    }

    private StagePolicy withHeartbeat(Duration silence) {
        return new StagePolicy(policy.timeout(), silence, policy.attempts(), policy.backoff(), policy.factor());
    }

    /** The policy as declared. An undeclared heartbeat is reduced to a declared timeout that is shorter. */
    final StagePolicy policy() {
        boolean longer = policy.heartbeat().compareTo(policy.timeout()) > 0;
        return longer && !heartbeatSet ? withHeartbeat(policy.timeout()) : policy;
    }
}
