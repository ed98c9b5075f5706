package dev.septet.workers.server;

import org.jspecify.annotations.Nullable;

/**
 * A Temporal server to work with.
 *
 * @param address host:port of its gRPC front end
 * @param ui address of its Web UI, null when it has none or it is not known
 */
public record ServerRef(String address, String namespace, Kind kind, @Nullable String ui) {
    /** The namespace of a server that nobody configured. */
    public static final String NAMESPACE = "default";

    /** How Septet came by a server. */
    public enum Kind {
        /** By {@code TEMPORAL_ADDRESS} or a profile of the {@code temporal} CLI. */
        CONFIGURED,
        /** It was listening on this machine. */
        LISTENING,
        /** Started by Septet on this state folder, its own state in a database file. */
        OWN,
        /** Started by Septet inside a JVM; forgets everything. */
        IN_MEMORY
    }

    /** The page of one run in the Web UI, null without a UI. */
    public @Nullable String page(String workflowId, String runId) {
        if (ui == null) {
            return null;
        }
        String id =
                java.net.URLEncoder.encode(workflowId, java.nio.charset.StandardCharsets.UTF_8)
                        .replace("+", "%20");
        return ui + "/namespaces/" + namespace + "/workflows/" + id + "/" + runId;
    }
}
