package dev.septet.workers.doctor;

import dev.septet.workers.StateFolder;
import dev.septet.workers.gateway.NetworkNamespace;
import dev.septet.workers.local.Connection;
import dev.septet.workers.server.ServerFinder;
import dev.septet.workers.server.ServerProbe;
import dev.septet.workers.server.ServerProblem;
import dev.septet.workers.server.ServerRef;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks at everything that runs depend on.
 *
 * @param fix whether to mend what can be mended without a person
 */
public record Doctor(StateFolder state, ServerFinder servers, boolean fix) {
    private static final Duration ANSWER = Duration.ofSeconds(10);

    /** All findings, in the order in which people would look. */
    public List<Finding> look() {
        List<Finding> findings = new ArrayList<>(new MachineChecks(state).look());
        findings.addAll(new StateChecks(state, fix).look());
        findings.addAll(server());
        return findings;
    }

    private List<Finding> server() {
        Optional<ServerRef> found;
        try {
            found = servers.find();
        } catch (ServerProblem unreadable) {
            return List.of(
                    Finding.fail(
                            "server",
                            String.valueOf(unreadable.getMessage()),
                            "correct the file, or unset TEMPORAL_CONFIG_FILE and"
                                    + " TEMPORAL_PROFILE"));
        }
        if (found.isEmpty()) {
            return List.of(
                    Finding.ok(
                            "server",
                            "none is configured and none runs: `septet run` and `septet dev` start"
                                    + " one"));
        }
        ServerRef server = found.get();
        try (Connection connection = Connection.open(server)) {
            if (!ServerProbe.mayListen(server.address())
                    || !ServerProbe.answers(connection.stubs(), ANSWER)) {
                return List.of(silent(server));
            }
            List<Finding> findings = new ArrayList<>(new ServerChecks(connection, fix).look());
            findings.addAll(isolation(server));
            findings.addAll(new WorkerChecks(connection).look());
            return findings;
        } catch (IOException e) {
            return List.of(silent(server));
        }
    }

    private static List<Finding> isolation(ServerRef server) {
        if (server.kind() != ServerRef.Kind.OWN || NetworkNamespace.available()) {
            return List.of();
        }
        return List.of(
                Finding.warn(
                        "isolation",
                        "other users of this machine can reach the Temporal server without its"
                                + " token: no network namespace can be made here",
                        "on Linux install util-linux and allow user namespaces; elsewhere use a"
                                + " cluster with authorization (TEMPORAL_ADDRESS)"));
    }

    private static Finding silent(ServerRef server) {
        return Finding.fail(
                "server",
                server.address() + " does not answer",
                server.kind() == ServerRef.Kind.CONFIGURED
                        ? "start it, or unset TEMPORAL_ADDRESS (and the profile) to let Septet"
                                + " start its own"
                        : "see the logs in the state folder, or end its process and start `septet"
                                + " dev` again");
    }
}
