package dev.septet.workers.doctor;

import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.store.ArtifactStore;
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
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Checks everything that runs depend on: machine, cards, state folder, store, server, workers and
 * monitors.
 *
 * @param store opened only when it is checked, because the environment may name an invalid store
 * @param fix whether to repair what can be repaired without a person
 * @param deep whether to read every stored artifact
 */
public record Doctor(
        StateFolder state,
        ServerFinder servers,
        Supplier<ArtifactStore> store,
        Map<String, String> environment,
        boolean fix,
        boolean deep) {
    private static final Duration ANSWER = Duration.ofSeconds(10);

    /** Runs all checks and returns their findings in the order in which a person would check. */
    public List<Finding> look() {
        List<Finding> findings = new ArrayList<>(new MachineChecks(state).look());
        findings.addAll(GpuChecks.of(state, environment).look());
        findings.addAll(new StateChecks(state, fix).look());
        Optional<ArtifactStore> opened = opened(findings);
        opened.ifPresent(there -> {
            findings.addAll(new StoreChecks(state, there, fix, deep).look());
            AuditLogs logs = new AuditLogs(state.audit(), AtRestEncryption.of(environment));
            findings.addAll(new EncryptionChecks(there, logs, deep).look());
        });
        findings.addAll(new TrackerChecks(environment).look());
        findings.addAll(server(opened));
        return findings;
    }

    private Optional<ArtifactStore> opened(List<Finding> findings) {
        try {
            return Optional.of(store.get());
        } catch (RuntimeException nonsense) {
            findings.add(Finding.fail(
                    "store",
                    String.valueOf(nonsense.getMessage()),
                    "correct SEPTET_STORE and the other settings of the store"));
            return Optional.empty();
        }
    }

    private List<Finding> server(Optional<ArtifactStore> opened) {
        Optional<ServerRef> found;
        try {
            found = servers.find();
        } catch (ServerProblem unreadable) {
            return List.of(Finding.fail(
                    "server",
                    String.valueOf(unreadable.getMessage()),
                    "correct the file, or unset TEMPORAL_CONFIG_FILE and" + " TEMPORAL_PROFILE"));
        }
        if (found.isEmpty()) {
            return List.of(Finding.ok(
                    "server", "none is configured and none runs: `septet run` and `septet dev` start" + " one"));
        }
        ServerRef server = found.get();
        try (Connection connection = Connection.open(server)) {
            if (!ServerProbe.mayListen(server.address()) || !ServerProbe.answers(connection.stubs(), ANSWER)) {
                return List.of(silent(server));
            }
            List<Finding> findings = new ArrayList<>(new ServerChecks(connection, fix).look());
            findings.addAll(isolation(server));
            findings.addAll(new WorkerChecks(connection, state).look());
            findings.addAll(new VersionChecks(connection).look());
            findings.addAll(new TeamChecks(connection, environment).look());
            opened.ifPresent(there -> findings.addAll(new SharingChecks(connection, state, there, environment).look()));
            opened.ifPresent(
                    there -> findings.addAll(new MonitorChecks(connection, state, there, environment, fix).look()));
            return findings;
        } catch (IOException e) {
            return List.of(silent(server));
        }
    }

    private static List<Finding> isolation(ServerRef server) {
        return server.kind() == ServerRef.Kind.OWN
                ? NetworkNamespace.obstacle().map(Doctor::exposed).stream().toList()
                : List.of();
    }

    private static Finding exposed(NetworkNamespace.Obstacle obstacle) {
        return Finding.warn(
                "isolation",
                "other users of this machine can reach the Temporal server without its token: " + obstacle.reason(),
                obstacle.remedy());
    }

    private static Finding silent(ServerRef server) {
        return Finding.fail(
                "server",
                server.address() + " does not answer",
                server.kind() == ServerRef.Kind.CONFIGURED
                        ? "start it, or unset TEMPORAL_ADDRESS (and the profile) to let Septet" + " start its own"
                        : "see the logs in the state folder, or end its process and start `septet" + " dev` again");
    }
}
