package dev.septet.workers.observe;

import java.io.IOException;

/** A process cannot listen on the address for its metrics. The message is for users. */
public final class ListenProblem extends IOException {
    private static final long serialVersionUID = 1;

    ListenProblem(MetricsAddress address, Throwable cause) {
        super(
                "cannot listen on %s for metrics: %s. Set SEPTET_METRICS_ADDRESS to another address; with port 0, any free port is used."
                        .formatted(address, cause.getMessage()),
                cause);
    }
}
