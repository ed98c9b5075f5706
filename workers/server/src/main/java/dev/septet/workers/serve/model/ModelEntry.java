package dev.septet.workers.serve.model;

import dev.septet.activities.audit.Arm;
import dev.septet.activities.store.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * The models behind one model name.
 *
 * @param pipeline pipeline that published the model; null for a model folder or file
 * @param arm the experiment arm of {@code hosted}
 * @param hosted the back end that answers
 * @param challenger the model that answers a share of the requests instead; null for none
 */
record ModelEntry(
        @Nullable String pipeline,
        Arm arm,
        HostedBackend hosted,
        @Nullable Challenger challenger) {
    private static final int FINGERPRINT_DIGITS = 12;

    /**
     * A challenger during a trial.
     *
     * @param share the share of requests that it answers
     */
    record Challenger(HostedBackend hosted, TrafficShare share) {}

    static ModelEntry named(@Nullable String pipeline, HostedBackend hosted) {
        return new ModelEntry(pipeline, Arm.NAMED, hosted, null);
    }

    /**
     * Takes the champion or the challenger for a request.
     *
     * @param key decides between champion and challenger
     * @return null when the model is being swapped: look the name up again
     */
    @Nullable
    Lease lease(String model, String key) {
        Challenger trial = challenger;
        boolean tried = trial != null && trial.share().includes(key);
        HostedBackend chosen = trial != null && tried ? trial.hosted() : hosted;
        return chosen.acquire()
                ? new Lease(model, pipeline, tried ? Arm.CHALLENGER : arm, chosen, fingerprint())
                : null;
    }

    /**
     * The fingerprint that clients get. It is the model's version; during a trial it is one digest
     * for both models. A person who gives feedback therefore cannot tell the challenger from the
     * champion.
     */
    String fingerprint() {
        Challenger trial = challenger;
        if (trial == null) {
            return hosted.version();
        }
        return Sha256.of(hosted.version() + "/" + trial.hosted().version()).substring(0, FINGERPRINT_DIGITS);
    }
}
