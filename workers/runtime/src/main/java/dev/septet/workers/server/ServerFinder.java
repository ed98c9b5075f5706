package dev.septet.workers.server;

import dev.septet.settings.Setting;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.LoadClientConfigProfileOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the server that is configured, or the one that Septet started on a state folder. */
public final class ServerFinder {
    /** The default gRPC port of a Temporal server. */
    public static final int PORT = 7233;

    /** The default port of its Web UI. */
    public static final int UI_PORT = 8233;

    private static final String HOST = "127.0.0.1";
    private static final Duration ANSWER = Duration.ofSeconds(3);

    private final Map<String, String> environment;
    private final ServerFile own;
    private final int port;

    /**
     * @param environment environment variables, such as {@code TEMPORAL_ADDRESS}
     * @param own file that records a server that Septet started
     * @param port port on which a server may listen on this machine, usually {@link #PORT}
     */
    public ServerFinder(Map<String, String> environment, ServerFile own, int port) {
        this.environment = environment;
        this.own = own;
        this.port = port;
    }

    /**
     * The configured server, whether it answers or not; else the server that was started on this
     * state folder. Any other server on this machine may belong to anybody, so Septet never
     * connects to it.
     *
     * @throws ServerProblem when the configuration cannot be read
     */
    public Optional<ServerRef> find() {
        return configured()
                .or(own::owned)
                .or(() -> own.read().filter(server -> ServerProbe.answers(server.address(), ANSWER)));
    }

    /** The address of a server that answers on the usual port but is not configured. */
    public Optional<String> foreignServer() {
        String address = HOST + ":" + port;
        return ServerProbe.answers(address, ANSWER) ? Optional.of(address) : Optional.empty();
    }

    private Optional<ServerRef> configured() {
        if (ownProfile()) {
            return Optional.empty();
        }
        ClientConfigProfile profile;
        try {
            profile = ClientConfigProfile.load(LoadClientConfigProfileOptions.newBuilder()
                    .setEnvOverrides(environment)
                    .build());
        } catch (IOException | RuntimeException e) {
            throw new ServerProblem(
                    "the Temporal configuration cannot be read: " + e.getMessage() + ". See `temporal config list`.",
                    e);
        }
        String address = profile.getAddress();
        if (address == null || address.isBlank()) {
            return Optional.empty();
        }
        String namespace = profile.getNamespace();
        return Optional.of(new ServerRef(
                address,
                namespace == null || namespace.isBlank() ? ServerRef.NAMESPACE : namespace,
                ServerRef.Kind.CONFIGURED,
                ui(address)));
    }

    /**
     * Whether the environment names the profile of the server that {@link #own} records. Then that
     * record is used, because it has more: which server it is, and when it started.
     */
    private boolean ownProfile() {
        String file = Setting.TEMPORAL_CONFIG_FILE.text(environment);
        Path profile = own.profile().toAbsolutePath().normalize();
        return Setting.TEMPORAL_ADDRESS.text(environment).isEmpty()
                && !file.isEmpty()
                && Path.of(file).toAbsolutePath().normalize().equals(profile);
    }

    private static @Nullable String ui(String address) {
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? address : address.substring(0, colon);
        if (host.endsWith(".tmprl.cloud") || host.endsWith(".temporal.io")) {
            return "https://cloud.temporal.io";
        }
        boolean loopback = host.equals("localhost") || host.equals(HOST);
        return loopback && colon > 0 ? ui(host, Integer.parseInt(address.substring(colon + 1))) : null;
    }

    /** The address of the Web UI, if it answers 1,000 ports above, as the dev server's does. */
    private static @Nullable String ui(String host, int port) {
        int at = port + UI_PORT - PORT;
        return ServerProbe.listens(host, at) ? "http://" + host + ":" + at : null;
    }
}
