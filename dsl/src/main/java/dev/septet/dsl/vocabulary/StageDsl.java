package dev.septet.dsl.vocabulary;

import dev.septet.dsl.spec.StagePolicy;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/** Words that every stage knows: how long and how often it may try. */
public abstract class StageDsl {
    private StagePolicy policy;
    private boolean said;

    StageDsl(StagePolicy policy) {
        this.policy = policy;
    }

    /** How long one attempt of the stage may take. */
    @Example("timeout 2.hours")
    public void timeout(@Example("2.hours") Duration limit) {
        change(
                new StagePolicy(
                        limit,
                        policy.heartbeat(),
                        policy.attempts(),
                        policy.backoff(),
                        policy.factor()));
    }

    /** How long a worker may stay silent before another one takes over. At least 1.seconds. */
    @Example("heartbeat 30.seconds")
    public void heartbeat(@Example("30.seconds") Duration silence) {
        change(
                new StagePolicy(
                        policy.timeout(),
                        silence,
                        policy.attempts(),
                        policy.backoff(),
                        policy.factor()));
    }

    /**
     * What follows a failed attempt: at most so many tries, the first included (0 = no limit), a
     * wait before the second one, and the factor by which the wait grows.
     */
    @Example("retry attempts: 5, backoff: 30.seconds, factor: 2.0")
    public void retry(
            @Named @Example("5") @Nullable Integer attempts,
            @Named @Example("30.seconds") @Nullable Duration backoff,
            @Named @Example("2.0") @Nullable Double factor) {
        Refusal.unless(
                attempts != null || backoff != null || factor != null,
                "retry needs attempts:, backoff: or factor:");
        change(
                new StagePolicy(
                        policy.timeout(),
                        policy.heartbeat(),
                        attempts == null ? policy.attempts() : attempts,
                        backoff == null ? policy.backoff() : backoff,
                        factor == null ? policy.factor() : factor));
    }

    private void change(StagePolicy policy) {
        this.policy = policy;
        said = true;
    }

    final StagePolicy policy() {
        Refusal.unless(
                !said || policy.heartbeat().compareTo(policy.timeout()) <= 0,
                "heartbeat cannot be longer than timeout, which is %s",
                Shown.of(policy.timeout()));
        return policy;
    }
}
