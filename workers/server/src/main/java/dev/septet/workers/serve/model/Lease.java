package dev.septet.workers.serve.model;

import dev.septet.activities.audit.Arm;
import dev.septet.workers.serve.backend.ModelBackend;
import dev.septet.workers.serve.guard.ServedGuard;
import org.jspecify.annotations.Nullable;

/**
 * One request's use of a model. Closing it releases the model.
 *
 * @param model the model name in the request
 * @param pipeline pipeline that published the model; null for a model folder or file
 * @param fingerprint the {@code system_fingerprint} that clients get
 */
public record Lease(String model, @Nullable String pipeline, Arm arm, HostedBackend hosted, String fingerprint)
        implements AutoCloseable {
    public ModelBackend backend() {
        return hosted.backend();
    }

    /** The guard of the model; null for none. */
    public @Nullable ServedGuard guard() {
        return hosted.guard();
    }

    public String version() {
        return hosted.version();
    }

    @Override
    public void close() {
        hosted.release();
    }
}
