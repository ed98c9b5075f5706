package dev.septet.workers.cli.option;

import dev.septet.workers.server.ServerPorts;
import dev.septet.workers.server.ServerRef;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for the ports of a server that a command starts. */
public final class PortOption {
    private static final int LARGEST = 65_535;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = {
                "Start a Temporal server on this port, even when another server runs on this"
                        + " machine; 0 = any free port. Commands on the same state folder find it.",
                "Default: 7233, or any free port when 7233 is in use"
            })
    private @Nullable Integer port;

    @Option(names = "--ui-port", paramLabel = "M", description = "Port of its Web UI. Default: 1000 above the server's")
    private @Nullable Integer uiPort;

    /**
     * The ports.
     *
     * @throws CliProblem USAGE when a value is not a port
     */
    public ServerPorts ports() {
        check("--port", port);
        check("--ui-port", uiPort);
        return new ServerPorts(port, uiPort);
    }

    /**
     * The server to use; empty when one must be started. Tells the user when a requested port is
     * ignored.
     */
    public Optional<ServerRef> find(Session session) {
        ServerPorts requested = ports();
        Optional<ServerRef> found = session.servers().find();
        if (found.isPresent() && requested.server() != null) {
            session.terminal()
                    .note("--port is ignored: %s already"
                            .formatted(
                                    found.get().kind() == ServerRef.Kind.CONFIGURED
                                            ? "TEMPORAL_ADDRESS or the profile names a" + " server"
                                            : "this state folder's server runs"));
        }
        if (found.isEmpty() && requested.server() == null) {
            session.servers()
                    .foreignServer()
                    .ifPresent(address -> session.terminal()
                            .note(
                                    "Another Temporal server listens on %1$s; this command starts its own. To use that one, set TEMPORAL_ADDRESS=%1$s."
                                            .formatted(address)));
        }
        return found;
    }

    private static void check(String option, @Nullable Integer port) {
        if (port != null && (port < 0 || port > LARGEST)) {
            throw new CliProblem(
                    ExitCode.USAGE, String.format(Locale.ROOT, "%s is 0 to %d, got %d", option, LARGEST, port));
        }
    }
}
