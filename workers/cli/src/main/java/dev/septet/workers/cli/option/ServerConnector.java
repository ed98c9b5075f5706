package dev.septet.workers.cli.option;

import dev.septet.workers.local.Connection;
import dev.septet.workers.server.ServerProbe;
import dev.septet.workers.server.ServerRef;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Opens connections to servers that answer. */
public final class ServerConnector {
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private ServerConnector() {}

    /**
     * Connects to this server.
     *
     * @throws CliProblem SERVER_UNREACHABLE when it does not answer
     */
    public static Connection open(ServerRef server) throws IOException {
        Connection connection = Connection.open(server);
        boolean restarted = server.kind() == ServerRef.Kind.OWN || server.kind() == ServerRef.Kind.IN_MEMORY;
        if ((restarted || ServerProbe.mayListen(server.address())) && ServerProbe.answers(connection.stubs(), ANSWER)) {
            return connection;
        }
        connection.close();
        if (restarted) {
            throw new CliProblem(
                    ExitCode.SERVER_UNREACHABLE,
                    "this state folder's Temporal server %s does not answer, but its process runs. Read the server's log in the state folder, or end the server process and run `septet dev` again."
                            .formatted(server.address()));
        }
        throw new CliProblem(
                ExitCode.SERVER_UNREACHABLE,
                "the Temporal server %s does not answer. Start it, give the profile the TLS settings that it requires, or unset TEMPORAL_ADDRESS (and the profile) to let Septet start its own."
                        .formatted(server.address()));
    }

    /**
     * Connects to the configured server, or to the one that runs on this machine.
     *
     * @throws CliProblem SERVER_UNREACHABLE when there is none
     */
    public static Connection any(Session session) throws IOException {
        Optional<ServerRef> found = session.servers().find();
        if (found.isPresent()) {
            return open(found.get());
        }
        String other = session.servers()
                .foreignServer()
                .map(address -> " Another Temporal server listens on %1$s; to use it, set TEMPORAL_ADDRESS=%1$s."
                        .formatted(address))
                .orElse("");
        throw new CliProblem(
                ExitCode.SERVER_UNREACHABLE,
                "no Temporal server is configured and none runs on this machine. Start one with"
                        + " `septet dev`."
                        + other);
    }
}
