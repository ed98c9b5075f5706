package dev.septet.workers.gateway;

import dev.septet.workers.server.Command;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A network namespace for one server: what it listens on exists for nobody outside, and it reaches
 * nothing outside itself. Linux only, by {@code unshare}, without privileges where the kernel
 * allows user namespaces.
 */
public final class NetworkNamespace {
    private static final List<String> UNSHARE = List.of("unshare", "--user", "--map-root-user", "--net");
    private static final Duration ANSWER = Duration.ofSeconds(5);

    /** Waits for the bridge, whose socket appears when loopback is up; then becomes the server. */
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
        /** Another system, no {@code unshare}, or a kernel that refuses. */
        NO_NAMESPACE(
                "no network namespace can be made here",
                "on Linux install util-linux and allow user namespaces; elsewhere use a cluster"
                        + " with authorization (TEMPORAL_ADDRESS)"),
        /** A namespace's loopback device is down until C's library is called. */
        NO_NATIVE_CALLS(
                "JNA cannot load its native library, which a network namespace needs",
                "let files of ~/.cache/JNA be executed, or name another folder with"
                        + " JAVA_TOOL_OPTIONS=-Djna.tmpdir=FOLDER");

        private final String reason;
        private final String remedy;

        Obstacle(String reason, String remedy) {
            this.reason = reason;
            this.remedy = remedy;
        }

        /** A clause for people. */
        public String reason() {
            return reason;
        }

        /** What they can do. */
        public String remedy() {
            return remedy;
        }
    }

    /** Why this machine cannot make one; empty when it can. */
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
     * A command in a namespace of its own. The process is the command itself: a signal to it is a
     * signal to the server.
     *
     * @param bridge starts {@link NamespaceBridge} in the namespace
     * @param ready the last socket that the bridge makes
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
