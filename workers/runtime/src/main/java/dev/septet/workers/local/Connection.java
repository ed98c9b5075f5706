package dev.septet.workers.local;

import dev.septet.workers.client.ClientOptions;
import dev.septet.workers.server.ServerRef;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.io.IOException;

/** A Temporal client of one server. Closing it closes its channel. */
public record Connection(ServerRef server, WorkflowServiceStubs stubs, WorkflowClient client) implements AutoCloseable {
    /**
     * Opens a connection; the server need not answer yet.
     *
     * @throws IOException when Temporal's configuration cannot be read
     */
    public static Connection open(ServerRef server) throws IOException {
        WorkflowServiceStubs stubs = WorkflowServiceStubs.newServiceStubs(server.options());
        WorkflowClient client = WorkflowClient.newInstance(
                stubs, ClientOptions.system().workflow(server.namespace()).build());
        return new Connection(server, stubs, client);
    }

    @Override
    public void close() {
        stubs.shutdownNow();
    }
}
