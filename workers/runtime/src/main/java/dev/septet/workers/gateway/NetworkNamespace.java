package dev.septet.workers.gateway;

import dev.septet.workers.server.Command;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A network namespace for one server. The server's ports cannot be reached from outside, and the
 * server cannot reach the network. Needs Linux and {@code unshare}; it needs no privileges where the
 * kernel allows user namespaces.
 */
public final class NetworkNamespace {
    private static final List<String> UNSHARE = List.of("unshare", "--user", "--map-root-user", "--net");
    private static final Duration ANSWER = Duration.ofSeconds(5);

    /**
     * Waits for the bridge, whose socket appears when the loopback device is up. Then the shell
     * replaces itself by the server ({@code exec}).
     */
    private static final String SCRIPT = """
        rm -f %2$s
        %1$s &
        tries=0
        until [ -S %2$s ]; do
            kill -0 $! 2>/dev/null && [ "$tries" -lt 600 ] || exit 1
            tries=$((tries + 1))
            sleep 0.05
        done
        exec "$@"
        """;

    private NetworkNamespace() {}

    /** Why a server runs without a namespace. */
    public enum Obstacle {
        /** The system is not Linux, has no {@code unshare}, or its kernel allows no user namespaces. */
        NO_NAMESPACE(
                "no network namespace can be created here",
                "on Linux install util-linux and allow user namespaces; elsewhere use a cluster"
                        + " with authorization (TEMPORAL_ADDRESS)"),
        /** The C library cannot be called, so the namespace's loopback device would stay down. */
        NO_NATIVE_CALLS(
                "JNA cannot load its native library, which a network namespace needs",
                "allow the execution of files in ~/.cache/JNA, or name another folder with"
                        + " JAVA_TOOL_OPTIONS=-Djna.tmpdir=FOLDER");

        private final String reason;
        private final String remedy;

        Obstacle(String reason, String remedy) {
            this.reason = reason;
            this.remedy = remedy;
        }

        /** The reason as a clause for users. */
        public String reason() {
            return reason;
        }

        /** What users can do about it. */
        public String remedy() {
            return remedy;
        }
    }

    /** Why this machine cannot create a namespace; empty when it can. */
    public static Optional<Obstacle> obstacle() {
        if (!Epoll.isAvailable()) {
            return Optional.of(Obstacle.NO_NAMESPACE);
        }
        List<String> nothing = new ArrayList<>(UNSHARE);
        nothing.add("true");
        if (!Command.run(nothing, ANSWER).ok()) {
            return Optional.of(Obstacle.NO_NAMESPACE);
        }
        return NamespaceBridge.loads() ? Optional.empty() : Optional.of(Obstacle.NO_NATIVE_CALLS);
    }

    /**
     * Wraps a command so that it runs in a new namespace. The started process becomes the command
     * itself, so a signal to it reaches the server.
     *
     * @param bridge command that starts {@link NamespaceBridge} in the namespace
     * @param ready the last socket that the bridge creates
     */
    static List<String> wrap(List<String> command, List<String> bridge, Path ready) {
        List<String> wrapped = new ArrayList<>(UNSHARE);
        String start =
                String.join(" ", bridge.stream().map(NetworkNamespace::quoted).toList());
        wrapped.addAll(List.of("sh", "-c", SCRIPT.formatted(start, quoted(ready.toString())), "septet-server"));
        wrapped.addAll(command);
        return wrapped;
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
