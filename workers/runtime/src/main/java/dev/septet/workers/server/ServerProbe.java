package dev.septet.workers.server;

import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Checks whether a Temporal server answers. */
public final class ServerProbe {
    private static final int CONNECT_MILLIS = 500;

    private ServerProbe() {}

    /** Whether any program listens on this port. */
    public static boolean listens(String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
            return true;
        } catch (IOException nothing) {
            return false;
        }
    }

    /**
     * Returns false when nothing listens at this address for certain. On this machine, a refused
     * connection shows it. Another machine may be reachable only through a proxy, so the result is
     * then true.
     */
    public static boolean mayListen(String address) {
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? address : address.substring(0, colon);
        boolean loopback = host.equals("127.0.0.1") || host.equals("localhost");
        return !loopback || colon < 0 || listens(host, Integer.parseInt(address.substring(colon + 1)));
    }

    /** Whether a Temporal server without TLS answers at {@code host:port} within the limit. */
    public static boolean answers(String address, Duration limit) {
        int colon = address.lastIndexOf(':');
        if (!listens(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))) {
            return false;
        }
        WorkflowServiceStubs stubs = WorkflowServiceStubs.newServiceStubs(
                WorkflowServiceStubsOptions.newBuilder().setTarget(address).build());
        try {
            return answers(stubs, limit);
        } finally {
            stubs.shutdownNow();
        }
    }

    /** Whether the server of these stubs answers within the limit. */
    public static boolean answers(WorkflowServiceStubs stubs, Duration limit) {
        return version(stubs, limit).isPresent();
    }

    /**
     * The version that the server of these stubs reports, such as {@code 1.31.0}. The Java SDK's
     * in-memory server reports an empty text. The result is empty when the server does not answer
     * within the limit.
     */
    public static Optional<String> version(WorkflowServiceStubs stubs, Duration limit) {
        try {
            return Optional.of(stubs.blockingStub()
                    .withWaitForReady()
                    .withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS)
                    .getSystemInfo(GetSystemInfoRequest.getDefaultInstance())
                    .getServerVersion());
        } catch (StatusRuntimeException unavailable) {
            return Optional.empty();
        }
    }
}
