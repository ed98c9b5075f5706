package dev.septet.workflows.setup;

/**
 * What a worker offers.
 *
 * @param fingerprint digest of what decides bits: processor features, threads, engine version
 * @param device such as {@code cpu} or {@code cuda:0}
 * @param memoryBytes free memory of the host, or of the device
 * @param diskBytes free bytes in the artifact store
 */
public record WorkerProbe(
        String fingerprint, String host, String device, int threads, long memoryBytes, long diskBytes) {}
