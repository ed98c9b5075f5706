package dev.septet.workers.serve.model;

import dev.septet.activities.audit.Arm;
import dev.septet.workers.serve.backend.ModelBackend;
import org.jspecify.annotations.Nullable;

/**
 * One request's right to a model, until it is closed.
 *
 * @param model the name that the request gave
 * @param pipeline whose model it is; null for a folder or file
 * @param fingerprint what clients are told of who answers
 */
public record Lease(String model, @Nullable String pipeline, Arm arm, HostedBackend hosted, String fingerprint)
        implements AutoCloseable {
    public ModelBackend backend() {
        return hosted.backend();
    }

    public String version() {
        return hosted.version();
    }

    @Override
    public void close() {
        hosted.giveBack();
    }
}
