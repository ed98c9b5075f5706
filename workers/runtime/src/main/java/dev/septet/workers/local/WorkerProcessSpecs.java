package dev.septet.workers.local;

import dev.septet.settings.Setting;
import dev.septet.workers.Role;
import dev.septet.workers.WorkerProcess;
import dev.septet.workers.server.ServerRef;
import dev.septet.workers.supervise.ProcessSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The process specification of a worker for a server. */
final class WorkerProcessSpecs {
    /**
     * Longer than the worker's own grace period, so that it is never killed while it commits a
     * checkpoint.
     */
    private static final int GRACE_SECONDS = WorkerProcess.GRACE_SECONDS + 5;

    private WorkerProcessSpecs() {}

    /**
     * The JVM options of a worker. The launcher uses the same options for {@code septet worker}.
     */
    static List<String> options(Role role) {
        return role.training() ? List.of("-XX:+UseParallelGC", "-Doffline=true") : List.of("-XX:+UseSerialGC");
    }

    static ProcessSpec of(LocalSettings settings, ServerRef server, Role role) {
        List<String> arguments = new ArrayList<>(List.of("worker", "--role", role.word()));
        arguments.addAll(List.of("--slots", Integer.toString(settings.slots())));
        // No log on standard output: the log file is enough and is rotated, while captured output
        // is not.
        arguments.addAll(List.of("--log-format", "none"));
        for (Path folder : settings.catalogue()) {
            arguments.addAll(List.of("--pipelines", folder.toString()));
        }
        for (Path folder : settings.data()) {
            arguments.addAll(List.of("--data", folder.toString()));
        }
        Map<String, String> environment = new HashMap<>(ProcessEnvironment.worker(role, settings.environment()));
        environment.put(Setting.STATE.variable(), settings.state().path().toString());
        Path profile = server.profile();
        if (profile != null) {
            environment.put(Setting.TEMPORAL_CONFIG_FILE.variable(), profile.toString());
        } else if (server.kind() != ServerRef.Kind.CONFIGURED) {
            environment.put(Setting.TEMPORAL_ADDRESS.variable(), server.address());
            environment.put(Setting.TEMPORAL_NAMESPACE.variable(), server.namespace());
        }
        if (role.training()) {
            environment.putAll(TrainingEnvironment.of(settings.environment()));
        }
        Path logs = settings.state().logs();
        return new ProcessSpec(
                role.word(),
                settings.self().command(logs.resolve(role.word() + ".log"), options(role), arguments),
                environment,
                logs.resolve(role.word() + ".out"),
                GRACE_SECONDS);
    }
}
