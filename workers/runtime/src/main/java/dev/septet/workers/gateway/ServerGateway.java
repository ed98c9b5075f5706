package dev.septet.workers.gateway;

import dev.septet.workers.server.ServerPlan;
import dev.septet.workers.server.ServerPorts;
import dev.septet.workers.server.ServerProblem;
import dev.septet.workers.server.ServerRef;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The authenticated access to a Temporal server that Septet starts: gRPC with the access token, and
 * the Web UI with a sign-in. The server runs in a network namespace of its own where the machine
 * supports it. Elsewhere it listens on the loopback interface, where other users of the machine can
 * find its ports.
 */
public final class ServerGateway implements AutoCloseable {
    /** Ports in the server's own namespace, where nothing else listens. */
    private static final int GRPC_INSIDE = 7233;

    private static final int UI_INSIDE = 8233;

    /**
     * Longest path of the sockets' folder in the state folder, in bytes. A Unix domain socket's
     * path has at most 107 bytes on Linux.
     */
    private static final int SOCKET_BYTES = 90;

    private final ServerPlan plan;
    private final AccessToken token;
    private final Optional<NetworkNamespace.Obstacle> obstacle;
    private final GrpcGateway grpc;
    private final UiGateway ui;
    private final @Nullable EventLoopGroup loops;

    private ServerGateway(
            ServerPlan plan,
            AccessToken token,
            Optional<NetworkNamespace.Obstacle> obstacle,
            GrpcGateway grpc,
            UiGateway ui,
            @Nullable EventLoopGroup loops) {
        this.plan = plan;
        this.token = token;
        this.obstacle = obstacle;
        this.grpc = grpc;
        this.ui = ui;
        this.loops = loops;
    }

    /**
     * Starts the gateway. The caller must start the server's process by {@link #plan}.
     *
     * @param binary the Temporal CLI
     * @param database the server's database file
     * @param state folder for the token and the sockets
     * @param profile file that tells clients how to connect
     * @param java command that starts a JVM with this program's class path
     * @throws ServerProblem when a requested port is taken
     */
    public static ServerGateway start(
            Path binary, Path database, ServerPorts ports, Path state, Path profile, List<String> java)
            throws IOException {
        AccessToken token = AccessToken.of(state.resolve("server.token"));
        Optional<NetworkNamespace.Obstacle> obstacle = NetworkNamespace.obstacle();
        boolean isolated = obstacle.isEmpty();
        int port = ports.freeServer();
        int uiPort = ports.freeUi(port);
        GatewayBackend grpcBackend;
        GatewayBackend uiBackend;
        List<String> command;
        if (isolated) {
            Path sockets = sockets(state);
            grpcBackend = new GatewayBackend(sockets.resolve("grpc"), GRPC_INSIDE);
            uiBackend = new GatewayBackend(sockets.resolve("ui"), UI_INSIDE);
            command = isolated(binary, database, java, grpcBackend, uiBackend);
        } else {
            ServerPorts free = new ServerPorts(0, 0);
            grpcBackend = new GatewayBackend(null, free.freeServer());
            uiBackend = new GatewayBackend(null, free.freeUi(grpcBackend.port()));
            command = ServerPlan.command(binary, database, grpcBackend.port(), uiBackend.port());
        }
        EventLoopGroup loops = isolated
                ? new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("gateway", true), EpollIoHandler.newFactory())
                : null;
        GrpcGateway grpc = GrpcGateway.start(port, token, channel(grpcBackend, loops));
        UiGateway ui;
        try {
            ui = UiGateway.start(uiPort, token, state.resolve("server.token").toString(), uiBackend);
        } catch (IOException | RuntimeException e) {
            grpc.close();
            throw e;
        }
        ServerRef server = new ServerRef(
                "127.0.0.1:" + grpc.port(),
                ServerRef.NAMESPACE,
                ServerRef.Kind.OWN,
                "http://127.0.0.1:" + ui.port(),
                profile);
        writeProfile(profile, server, token);
        return new ServerGateway(new ServerPlan(server, command), token, obstacle, grpc, ui, loops);
    }

    /** How to start the server behind the gateway. */
    public ServerPlan plan() {
        return plan;
    }

    /** Why the server does not run in a network namespace of its own; empty when it does. */
    public Optional<NetworkNamespace.Obstacle> obstacle() {
        return obstacle;
    }

    /** The link that signs a browser in. */
    public String signIn() {
        return String.format(Locale.ROOT, "http://127.0.0.1:%d/septet-sign-in?token=%s", ui.port(), token.value());
    }

    @Override
    public void close() {
        ui.close();
        grpc.close();
        if (loops != null) {
            var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private static List<String> isolated(
            Path binary, Path database, List<String> java, GatewayBackend grpc, GatewayBackend ui) {
        Path grpcSocket = Objects.requireNonNull(grpc.socket());
        Path uiSocket = Objects.requireNonNull(ui.socket());
        List<String> bridge = new ArrayList<>(java);
        bridge.addAll(1, List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m"));
        bridge.add(NamespaceBridge.class.getName());
        bridge.addAll(List.of(uiSocket.toString(), Integer.toString(ui.port())));
        bridge.addAll(List.of(grpcSocket.toString(), Integer.toString(grpc.port())));
        return NetworkNamespace.wrap(ServerPlan.command(binary, database, grpc.port(), ui.port()), bridge, grpcSocket);
    }

    private static Path sockets(Path state) throws IOException {
        Path socketFolder = state.resolve("sockets");
        if (socketFolder.toString().getBytes(StandardCharsets.UTF_8).length > SOCKET_BYTES) {
            return Files.createTempDirectory("septet-");
        }
        Files.createDirectories(socketFolder);
        Files.setPosixFilePermissions(socketFolder, PosixFilePermissions.fromString("rwx------"));
        return socketFolder;
    }

    private static ManagedChannel channel(GatewayBackend backend, @Nullable EventLoopGroup loops) {
        Path socket = backend.socket();
        NettyChannelBuilder builder = socket == null || loops == null
                ? NettyChannelBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), backend.port()))
                : NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                        .channelType(EpollDomainSocketChannel.class)
                        .eventLoopGroup(loops)
                        .overrideAuthority("127.0.0.1:" + backend.port());
        return builder.usePlaintext()
                .directExecutor()
                .maxInboundMessageSize(GrpcGateway.messageBytes())
                .build();
    }

    /**
     * Writes a configuration profile that the Temporal CLI and SDKs read: it has all that a client
     * needs.
     */
    private static void writeProfile(Path profile, ServerRef server, AccessToken token) throws IOException {
        Path temporary = profile.resolveSibling(profile.getFileName() + ".new");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(temporary, """
            [profile.default]
            address = "%s"
            namespace = "%s"

            [profile.default.grpc_meta]
            authorization = "%s"
            """.formatted(server.address(), server.namespace(), token.header()));
        Files.move(temporary, profile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
