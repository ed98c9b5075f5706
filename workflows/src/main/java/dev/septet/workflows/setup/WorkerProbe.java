package dev.septet.workflows.setup;

/**
 * The properties and resources of a worker.
 *
 * @param fingerprint digest of everything that affects the exact result: processor features, threads, engine version
 * @param device such as {@code cpu} or {@code cuda:0}
 * @param memoryBytes free memory of the host, or of the device
 * @param diskBytes free bytes in the artifact store
 */
public record WorkerProbe(
        String fingerprint, String host, String device, int threads, long memoryBytes, long diskBytes) {}
