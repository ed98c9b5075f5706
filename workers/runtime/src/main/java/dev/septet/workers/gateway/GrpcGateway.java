package dev.septet.workers.gateway;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A gRPC proxy on the loopback interface. It forwards every call with the token to the Temporal
 * server, byte for byte. It refuses every other call with {@code UNAUTHENTICATED}.
 */
final class GrpcGateway implements AutoCloseable {
    /** The SDK's own limit for the size of a server's answer. */
    private static final int MESSAGE_BYTES = 128 << 20;

    private static final int METADATA_BYTES = 1 << 20;
    private static final long RECONNECT_MILLIS = 250;

    /**
     * Methods that a server with authorization also answers without a token: they only show that it
     * is up.
     */
    private static final Set<String> OPEN =
            Set.of("temporal.api.workflowservice.v1.WorkflowService/GetSystemInfo", "grpc.health.v1.Health/Check");

    /** Whether the caller has presented the token. */
    private static final Context.Key<Boolean> KNOWN = Context.key("septet-known");

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Server server;
    private final ManagedChannel backend;
    private final ScheduledExecutorService reconnect;

    private GrpcGateway(Server server, ManagedChannel backend, ScheduledExecutorService reconnect) {
        this.server = server;
        this.backend = backend;
        this.reconnect = reconnect;
    }

    /**
     * Starts it.
     *
     * @param backend channel to the Temporal server, which need not answer yet; closed with the
     *     gateway
     * @throws IOException when the port is taken
     */
    static GrpcGateway start(int port, AccessToken token, ManagedChannel backend) throws IOException {
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .directExecutor()
                .maxInboundMessageSize(MESSAGE_BYTES)
                .maxInboundMetadataSize(METADATA_BYTES)
                // Temporal's clients send keep-alives every 10 to 30 s, even without a call.
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .intercept(new Authentication(token))
                .fallbackHandlerRegistry(new AnyMethod(backend))
                .build()
                .start();
        ScheduledExecutorService reconnect = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "gateway-reconnect");
            thread.setDaemon(true);
            return thread;
        });
        // Reconnects to a restarted server at once, without the channel's exponential backoff.
        var unused = reconnect.scheduleWithFixedDelay(
                () -> {
                    if (backend.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
                        backend.resetConnectBackoff();
                    }
                },
                RECONNECT_MILLIS,
                RECONNECT_MILLIS,
                TimeUnit.MILLISECONDS);
        return new GrpcGateway(server, backend, reconnect);
    }

    /** The largest message, in bytes, that a gateway's channel must accept. */
    static int messageBytes() {
        return MESSAGE_BYTES;
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        reconnect.shutdownNow();
        server.shutdownNow();
        backend.shutdownNow();
    }

    private record Authentication(AccessToken token) implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            boolean known = token.matchesHeader(headers.get(AUTHORIZATION));
            if (known || OPEN.contains(call.getMethodDescriptor().getFullMethodName())) {
                headers.discardAll(AUTHORIZATION);
                return Contexts.interceptCall(Context.current().withValue(KNOWN, known), call, headers, next);
            }
            call.close(
                    Status.UNAUTHENTICATED.withDescription("this Temporal server belongs to a Septet state folder: set"
                            + " TEMPORAL_CONFIG_FILE to the server.toml in that folder. `septet dev` prints the line"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }

    private static final class AnyMethod extends HandlerRegistry {
        private final Channel backend;

        AnyMethod(Channel backend) {
            this.backend = backend;
        }

        @Override
        public ServerMethodDefinition<?, ?> lookupMethod(String methodName, @Nullable String authority) {
            MethodDescriptor<byte[], byte[]> method = MethodDescriptor.newBuilder(Bytes.INSTANCE, Bytes.INSTANCE)
                    .setFullMethodName(methodName)
                    .setType(MethodDescriptor.MethodType.UNKNOWN)
                    .build();
            return ServerMethodDefinition.create(method, new Forwarding(backend));
        }
    }

    private record Forwarding(Channel backend) implements ServerCallHandler<byte[], byte[]> {
        @Override
        public ServerCall.Listener<byte[]> startCall(ServerCall<byte[], byte[]> caller, Metadata headers) {
            ClientCall<byte[], byte[]> server =
                    // While the server restarts, calls wait until the caller's deadline.
                    backend.newCall(caller.getMethodDescriptor(), CallOptions.DEFAULT.withWaitForReady());
            server.start(new Answers(caller, server), headers);
            server.request(1);
            if (!Boolean.TRUE.equals(KNOWN.get())) {
                // The body of a caller without the token is not read: both open methods take an
                // empty request.
                server.sendMessage(new byte[0]);
                server.halfClose();
                return new ServerCall.Listener<>() {
                    @Override
                    public void onCancel() {
                        server.cancel("the caller closed the connection", null);
                    }
                };
            }
            caller.request(1);
            return new Requests(caller, server);
        }
    }

    /** Forwards messages from the caller to the server. */
    private static final class Requests extends ServerCall.Listener<byte[]> {
        private final ServerCall<byte[], byte[]> caller;
        private final ClientCall<byte[], byte[]> server;

        Requests(ServerCall<byte[], byte[]> caller, ClientCall<byte[], byte[]> server) {
            this.caller = caller;
            this.server = server;
        }

        @Override
        public void onMessage(byte[] message) {
            server.sendMessage(message);
            caller.request(1);
        }

        @Override
        public void onHalfClose() {
            server.halfClose();
        }

        @Override
        public void onCancel() {
            server.cancel("the caller closed the connection", null);
        }
    }

    /** Forwards messages from the server to the caller. */
    private static final class Answers extends ClientCall.Listener<byte[]> {
        private final ServerCall<byte[], byte[]> caller;
        private final ClientCall<byte[], byte[]> server;

        Answers(ServerCall<byte[], byte[]> caller, ClientCall<byte[], byte[]> server) {
            this.caller = caller;
            this.server = server;
        }

        @Override
        public void onHeaders(Metadata headers) {
            caller.sendHeaders(headers);
        }

        @Override
        public void onMessage(byte[] message) {
            caller.sendMessage(message);
            server.request(1);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            caller.close(status, trailers);
        }
    }

    private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
        INSTANCE;

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
