package dev.septet.activities.basemodel;

/**
 * Receives the progress of a download. It may throw to cancel; the next attempt continues the
 * download.
 */
@FunctionalInterface
public interface HubListener {
    /**
     * Reports the downloaded bytes.
     *
     * @param done bytes that are present
     * @param total bytes of all files
     */
    void at(long done, long total);
}
