package dev.septet.workers.local;

import dev.septet.llm.cuda.NvidiaCard;
import dev.septet.settings.Setting;
import dev.septet.workers.Role;
import dev.septet.workers.WorkerProcess;
import dev.septet.workers.gpu.GpuEnvironment;
import dev.septet.workers.server.ServerRef;
import dev.septet.workers.supervise.ProcessSpec;
import dev.septet.workers.version.WorkerVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The process specifications of workers for a server. */
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

    /**
     * The workers of a role: one, or one for each card.
     *
     * @param server null = the workers search for it
     * @param queue task queue of the training activities
     */
    static List<ProcessSpec> of(LocalSettings settings, @Nullable ServerRef server, Role role, String queue) {
        return role.training() && !settings.cards().isEmpty()
                ? settings.cards().stream()
                        .map(card -> of(settings, server, role, queue, card))
                        .toList()
                : List.of(of(settings, server, role, queue, null));
    }

    private static ProcessSpec of(
            LocalSettings settings, @Nullable ServerRef server, Role role, String queue, @Nullable NvidiaCard card) {
        WorkerVersion version = settings.version();
        String kind = WorkerNames.of(role, version);
        String name = card == null ? kind : kind + "-" + card.index();
        List<String> arguments = new ArrayList<>(List.of("worker", "--role", role.word(), "--name", name));
        arguments.addAll(List.of("--queue", queue));
        arguments.addAll(List.of("--slots", Integer.toString(settings.slots())));
        if (version != null) {
            arguments.addAll(List.of("--build-id", version.buildId(), "--deployment", version.deployment()));
        }
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
        // the arguments name the version, and processes of `septet dev` have none
        environment.remove(Setting.BUILD_ID.variable());
        environment.remove(Setting.DEPLOYMENT.variable());
        environment.put(Setting.STATE.variable(), settings.state().path().toString());
        environment.putAll(MetricsPort.any(settings.environment()));
        environment.put(Setting.UI.variable(), "off"); // the supervising process serves the page
        if (server != null) {
            environment.putAll(connection(server));
        }
        if (role.training()) {
            environment.putAll(TrainingEnvironment.of(settings.environment()));
            environment.putAll(GpuEnvironment.of(settings.state()).missing(settings.environment()));
        }
        if (card != null) {
            environment.put(Setting.CUDA_VISIBLE_DEVICES.variable(), card.identifier());
        }
        Path logs = settings.state().logs();
        return new ProcessSpec(
                name,
                settings.self().command(logs.resolve(name + ".log"), options(role), arguments),
                environment,
                logs.resolve(name + ".out"),
                GRACE_SECONDS);
    }

    private static Map<String, String> connection(ServerRef server) {
        Path profile = server.profile();
        if (profile != null) {
            return Map.of(Setting.TEMPORAL_CONFIG_FILE.variable(), profile.toString());
        }
        return server.kind() == ServerRef.Kind.CONFIGURED
                ? Map.of()
                : Map.of(
                        Setting.TEMPORAL_ADDRESS.variable(),
                        server.address(),
                        Setting.TEMPORAL_NAMESPACE.variable(),
                        server.namespace());
    }
}
