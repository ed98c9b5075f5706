package dev.septet.workers.server;

import com.google.protobuf.util.Durations;
import io.temporal.api.namespace.v1.NamespaceConfig;
import io.temporal.api.workflowservice.v1.UpdateNamespaceRequest;
import io.temporal.serviceclient.WorkflowServiceStubs;

/** The retention period of closed runs on a server that Septet starts. */
public final class HistoryRetention {
    /**
     * Retention in days. With the dev server's default of one day, a finished run would be gone the
     * next day.
     */
    static final int DAYS = 30;

    private HistoryRetention() {}

    /** Sets the retention period of a namespace. */
    public static void extend(WorkflowServiceStubs stubs, String namespace) {
        stubs.blockingStub()
                .updateNamespace(UpdateNamespaceRequest.newBuilder()
                        .setNamespace(namespace)
                        .setConfig(
                                NamespaceConfig.newBuilder().setWorkflowExecutionRetentionTtl(Durations.fromDays(DAYS)))
                        .build());
    }
}
