package dev.septet.workers.server;

import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.LoadClientConfigProfileOptions;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Temporal server to work with.
 *
 * @param address host:port of its gRPC front end
 * @param ui address of its Web UI, null when it has none or it is not known
 * @param profile configuration file with the address and the access token, in the form of the
 *     Temporal CLI; null where none is needed or Temporal's own configuration has it
 */
public record ServerRef(
        String address,
        String namespace,
        Kind kind,
        @Nullable String ui,
        @Nullable Path profile) {
    /** The namespace of a server that nobody configured. */
    public static final String NAMESPACE = "default";

    /** How Septet came by a server. */
    public enum Kind {
        /** By {@code TEMPORAL_ADDRESS} or a profile of the {@code temporal} CLI. */
        CONFIGURED,
        /** Started by Septet on this state folder, its own state in a database file. */
        OWN,
        /** Started by Septet inside a JVM; forgets everything. */
        IN_MEMORY
    }

    /** A server that needs no token. */
    public ServerRef(String address, String namespace, Kind kind, @Nullable String ui) {
        this(address, namespace, kind, ui, null);
    }

    /** The page of one run in the Web UI, null without a UI. */
    public @Nullable String page(String workflowId, String runId) {
        if (ui == null) {
            return null;
        }
        String id = java.net.URLEncoder.encode(workflowId, java.nio.charset.StandardCharsets.UTF_8)
                .replace("+", "%20");
        return ui + "/namespaces/" + namespace + "/workflows/" + id + "/" + runId;
    }

    /**
     * How to connect to it: by Temporal's configuration, by the profile of a server that Septet
     * started, or by the address alone.
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
