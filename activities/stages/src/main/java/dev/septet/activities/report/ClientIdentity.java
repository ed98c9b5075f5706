package dev.septet.activities.report;

import java.util.Optional;

/** Finds who started a run. The Temporal server records the identity that the client stated, and does not verify it. */
@FunctionalInterface
interface ClientIdentity {
    /** The identity of the client that started a run; empty when it stated none, or when the server does not know it. */
    Optional<String> of(String workflowId, String runId);
}
