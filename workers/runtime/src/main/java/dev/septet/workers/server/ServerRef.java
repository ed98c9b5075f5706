package dev.septet.workers.server;

import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.LoadClientConfigProfileOptions;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Temporal server that commands and workers use.
 *
 * @param address host:port of its gRPC frontend
 * @param ui address of its Web UI; null when it has none or the address is not known
 * @param profile configuration file with the address and the access token, in the Temporal CLI's
 *     format; null where no token is needed or Temporal's own configuration has it
 */
public record ServerRef(
        String address,
        String namespace,
        Kind kind,
        @Nullable String ui,
        @Nullable Path profile) {
    /** The namespace of a server that is not configured. */
    public static final String NAMESPACE = "default";

    /** How Septet found or started a server. */
    public enum Kind {
        /** Configured by {@code TEMPORAL_ADDRESS} or a profile of the {@code temporal} CLI. */
        CONFIGURED,
        /** Started by Septet on this state folder, with a database file. */
        OWN,
        /** Started by Septet in a JVM; its data are lost when it ends. */
        IN_MEMORY
    }

    /** A server without an access token. */
    public ServerRef(String address, String namespace, Kind kind, @Nullable String ui) {
        this(address, namespace, kind, ui, null);
    }

    /** The address of one run's page in the Web UI; null without a UI. */
    public @Nullable String page(String workflowId, String runId) {
        if (ui == null) {
            return null;
        }
        String id = java.net.URLEncoder.encode(workflowId, java.nio.charset.StandardCharsets.UTF_8)
                .replace("+", "%20");
        return ui + "/namespaces/" + namespace + "/workflows/" + id + "/" + runId;
    }

    /**
     * The options for a connection: from Temporal's configuration, from the profile of a server
     * that Septet started, or from the address alone.
     *
     * @throws IOException when the configuration cannot be read
     */
    public WorkflowServiceStubsOptions options() throws IOException {
        if (kind == Kind.CONFIGURED) {
            return ClientConfigProfile.load().toWorkflowServiceStubsOptions();
        }
        if (profile == null) {
            return WorkflowServiceStubsOptions.newBuilder().setTarget(address).build();
        }
        return ClientConfigProfile.load(LoadClientConfigProfileOptions.newBuilder()
                        .setConfigFilePath(profile.toString())
                        .setEnvOverrides(Map.of())
                        .build())
                .toWorkflowServiceStubsOptions();
    }
}
