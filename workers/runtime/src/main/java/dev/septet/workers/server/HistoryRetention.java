package dev.septet.workers.server;

import com.google.protobuf.util.Durations;
import io.temporal.api.namespace.v1.NamespaceConfig;
import io.temporal.api.workflowservice.v1.UpdateNamespaceRequest;
import io.temporal.serviceclient.WorkflowServiceStubs;

/** How long a server of our own remembers closed runs. */
public final class HistoryRetention {
    /** The dev server's default is one day: the next morning a finished run would be gone. */
    static final int DAYS = 30;

    private HistoryRetention() {}

    /** Sets it. */
    public static void extend(WorkflowServiceStubs stubs, String namespace) {
        stubs.blockingStub()
                .updateNamespace(UpdateNamespaceRequest.newBuilder()
                        .setNamespace(namespace)
                        .setConfig(
                                NamespaceConfig.newBuilder().setWorkflowExecutionRetentionTtl(Durations.fromDays(DAYS)))
                        .build());
    }
}
