package dev.septet.activities.monitor;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.monitor.log.AuditWindow;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Windows of audit logs that a host reads for another machine's engine. There is one record per
 * pipeline, {@code windows/<pipeline>}; the next check replaces it.
 */
record StoredWindows(ArtifactStore store) {
    private static final String PREFIX = "windows/";

    /** Stores a window and returns the digest of its text. */
    String put(String pipeline, AuditWindow window, Fence fence) throws IOException {
        String text = SpecJson.mapper().writeValueAsString(window);
        store.putRecord(PREFIX + pipeline, text, fence);
        return digest(text);
    }

    /**
     * The window whose text has this digest.
     *
     * @throws StageProblem BACKEND_FAILED when it was replaced
     */
    AuditWindow get(String pipeline, String sha256) throws IOException {
        String text = store.record(PREFIX + pipeline).orElse("");
        if (!digest(text).equals(sha256)) {
            throw new StageProblem(
                    FailureType.BACKEND_FAILED,
                    "the rows for this check are no longer in the store: another check replaced" + " them");
        }
        return SpecJson.mapper().readValue(text, AuditWindow.class);
    }

    private static String digest(String text) {
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
