package dev.septet.workers.serve.model;

import dev.septet.activities.audit.Arm;
import dev.septet.activities.store.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * What a model name stands for.
 *
 * @param pipeline whose model it is; null for a folder or file
 * @param arm what {@code hosted} answers as
 * @param hosted who answers
 * @param challenger who answers a share of the requests instead; null for nobody
 */
record ModelEntry(
        @Nullable String pipeline,
        Arm arm,
        HostedBackend hosted,
        @Nullable Challenger challenger) {
    private static final int FINGERPRINT_DIGITS = 12;

    /**
     * A model on trial.
     *
     * @param share of the requests that it answers
     */
    record Challenger(HostedBackend hosted, TrafficShare share) {}

    static ModelEntry named(@Nullable String pipeline, HostedBackend hosted) {
        return new ModelEntry(pipeline, Arm.NAMED, hosted, null);
    }

    /**
     * A right to it.
     *
     * @param key what decides between champion and challenger
     * @return null when it is being swapped: look the name up again
     */
    @Nullable
    Lease take(String model, String key) {
        Challenger trial = challenger;
        boolean tried = trial != null && trial.share().takes(key);
        HostedBackend chosen = trial != null && tried ? trial.hosted() : hosted;
        return chosen.take() ? new Lease(model, pipeline, tried ? Arm.CHALLENGER : arm, chosen, fingerprint()) : null;
    }

    /**
     * What clients are told of who answers: the version, and during a trial one digest for both, so
     * that nobody can vote for or against a challenger because it is one.
     */
    String fingerprint() {
        Challenger trial = challenger;
        if (trial == null) {
            return hosted.version();
        }
        return Sha256.of(hosted.version() + "/" + trial.hosted().version()).substring(0, FINGERPRINT_DIGITS);
    }
}
