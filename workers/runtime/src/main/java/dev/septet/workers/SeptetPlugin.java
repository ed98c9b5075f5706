package dev.septet.workers;

import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.authority.Authority;
import dev.septet.activities.authority.RunKey;
import dev.septet.activities.backup.Restore;
import dev.septet.activities.host.HostFile;
import dev.septet.activities.host.Hosts;
import dev.septet.activities.quota.RunUseRecords;
import dev.septet.activities.quota.UsageRecords;
import dev.septet.activities.report.ReportSettings;
import dev.septet.activities.report.RunCost;
import dev.septet.activities.resource.EnergyRecords;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Stores;
import dev.septet.dsl.vocabulary.WordReference;
import dev.septet.settings.Setting;
import dev.septet.workers.authority.AuthorityCheck;
import dev.septet.workers.measure.ActivityMeter;
import dev.septet.workers.measure.RunMeter;
import dev.septet.workers.measure.ScopeInstruments;
import dev.septet.workers.observe.Instruments;
import dev.septet.workers.version.WorkerVersion;
import dev.septet.workflows.SeptetWorkflows;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.host.Host;
import dev.septet.workflows.payload.DelegatingDataConverter;
import dev.septet.workflows.payload.FailureTrim;
import io.temporal.client.schedules.ScheduleClientOptions;
import io.temporal.common.SimplePlugin;
import io.temporal.common.VersioningBehavior;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.GlobalDataConverter;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerDeploymentOptions;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerOptions;
import io.temporal.worker.tuning.CompositeTuner;
import io.temporal.worker.tuning.FixedSizeSlotSupplier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A Temporal plugin that configures a worker or client for Septet:
 *
 * <pre>{@code
 * WorkflowClientOptions.newBuilder().setPlugins(SeptetPlugin.of(settings))
 * }</pre>
 *
 * Each worker gets the workflows and activities of its queue. {@link TaskQueues#LIGHT} gets
 * workflows and light activities. The settings' own queue gets the activities that need the engine,
 * one per device. Where several machines share a store, a worker of light activities gets a second
 * worker beside it, on the host queue of the state folder ({@link TaskQueues#host}). Workers and
 * activities of other queues do not change. Versions of worker deployments are those of the settings, or of the host's own
 * worker options. The data converter changes only for Septet's types; a codec encodes all types. Metrics go to the metrics
 * scope of the host's Temporal client.
 */
public final class SeptetPlugin extends SimplePlugin {
    /**
     * The SDK's default of one second is too short for a cold JVM on a busy machine, where the
     * first workflow task loads classes. A task that the SDK considers deadlocked is retried only
     * after 10 s.
     */
    private static final Duration DEADLOCK = Duration.ofSeconds(5);

    private static final int OTHER_SLOTS = 200;

    private final WorkerSettings settings;
    private final Implementations implementations;
    private final Shutdown shutdown;
    private final @Nullable Host thisHost;
    private @Nullable WorkerDeploymentOptions deployment;
    private final Measures measures;
    private boolean light;

    /**
     * Where the measurements of a plugin go.
     *
     * @param scope the host program's scope, set when its workers start; null in Septet's own processes
     */
    private record Measures(ActivityMeter meter, @Nullable ScopeInstruments scope) {}

    /**
     * A plugin with Septet's own activities. They are told when their worker factory shuts down.
     *
     * @throws dev.septet.dsl.extension.ExtensionProblem naming a jar whose words cannot be used
     */
    public static SeptetPlugin of(WorkerSettings settings) {
        ScopeInstruments host = new ScopeInstruments();
        return of(settings, host, new Measures(meter(settings, host), host));
    }

    /**
     * A plugin of a process of Septet's own, which shows metrics itself.
     *
     * @param meter measures the activities; see {@link #meter}
     */
    static SeptetPlugin of(WorkerSettings settings, Instruments instruments, ActivityMeter meter) {
        return of(settings, instruments, new Measures(meter, null));
    }

    /** Measures the activities of a worker with these settings. */
    static ActivityMeter meter(WorkerSettings settings, Instruments instruments) {
        ReportSettings report = ReportSettings.of(System.getenv());
        return new ActivityMeter(
                instruments,
                (run, spec, stages) -> RunCost.of(
                                stages,
                                spec,
                                report,
                                new EnergyRecords(store(settings), run.runId())
                                        .joules()
                                        .orElse(null))
                        .with(new RunUseRecords(store(settings), run.runId())
                                .sum()
                                .orElse(null)));
    }

    private static SeptetPlugin of(WorkerSettings settings, Instruments instruments, Measures measures) {
        WordReference.check();
        Shutdown shutdown = new Shutdown();
        Authority authority = authority(settings); // before store(): opening it would make the folder look used
        Host thisHost = thisHost(settings);
        return new SeptetPlugin(
                settings,
                Implementations.of(settings, thisHost, shutdown, instruments),
                shutdown,
                thisHost,
                thisHost == null ? null : new Hosts(store(settings)),
                () -> authority,
                measures);
    }

    /**
     * @param shutdown requested as soon as these workers' factory shuts down; training then commits
     *     its checkpoint and hands over to its next attempt instead of being cut off
     */
    public SeptetPlugin(WorkerSettings settings, Implementations implementations, Shutdown shutdown) {
        this(settings, implementations, shutdown, null, null, () -> authority(settings));
    }

    /**
     * A plugin for machines that may share a store.
     *
     * @param thisHost this machine's host, null where machines share no store
     * @param hosts hosts of pipelines, null where machines share no store
     */
    SeptetPlugin(
            WorkerSettings settings,
            Implementations implementations,
            Shutdown shutdown,
            @Nullable Host thisHost,
            @Nullable Hosts hosts,
            Supplier<Authority> authority) {
        this(
                settings,
                implementations,
                shutdown,
                thisHost,
                hosts,
                authority,
                new Measures(new ActivityMeter(Instruments.NONE, RunMeter.Costs.NONE), null));
    }

    private SeptetPlugin(
            WorkerSettings settings,
            Implementations implementations,
            Shutdown shutdown,
            @Nullable Host thisHost,
            @Nullable Hosts hosts,
            Supplier<Authority> authority,
            Measures measures) {
        super(newBuilder("septet")
                .customizeDataConverter(SeptetPlugin::around)
                .addWorkerInterceptors(interceptors(
                        settings, queues(settings, thisHost), thisHost, hosts, authority, measures.meter())));
        this.measures = measures;
        this.settings = settings;
        this.thisHost = thisHost;
        this.implementations = implementations;
        this.shutdown = shutdown;
    }

    /**
     * The last interceptor runs first: the caller is checked before the pipeline's host, and before anything is measured.
     * Failures of all checks are cut to what the server keeps.
     */
    private static WorkerInterceptor[] interceptors(
            WorkerSettings settings,
            Set<String> queues,
            @Nullable Host thisHost,
            @Nullable Hosts hosts,
            Supplier<Authority> authority,
            ActivityMeter meter) {
        List<WorkerInterceptor> all = new ArrayList<>();
        all.add(new QueueScopedInterceptor(
                queues,
                new TeamUseCount(
                        settings.queue(), () -> new UsageRecords(store(settings)), System::currentTimeMillis)));
        if (thisHost != null && hosts != null) {
            all.add(new QueueScopedInterceptor(queues, new HostCheck(thisHost, hosts)));
        }
        all.add(new QueueScopedInterceptor(queues, meter));
        all.add(new AuthorityCheck(queues, authority));
        all.add(new QueueScopedInterceptor(queues, new FailureTrim()));
        return all.toArray(new WorkerInterceptor[0]);
    }

    private static @Nullable Host thisHost(WorkerSettings settings) {
        try {
            return Stores.shared(System.getenv()) ? HostFile.of(settings.state().path()) : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ArtifactStore store(WorkerSettings settings) {
        return Stores.open(settings.state().store(), System.getenv());
    }

    /**
     * The authority that checks a worker's activities.
     *
     * @throws UncheckedIOException when its key cannot be read or created, or a restore has not ended; the message is for users
     */
    private static Authority authority(WorkerSettings settings) {
        try {
            Restore.requireCompleted(settings.state().path());
            RunKey key = RunKey.of(System.getenv(), settings.state().path(), System.currentTimeMillis());
            return new Authority(key, settings.catalogue());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void configureScheduleClient(ScheduleClientOptions.Builder builder) {
        super.configureScheduleClient(builder);
        builder.setDataConverter(around(builder.build().getDataConverter()));
    }

    /**
     * The shortest time between two heartbeats of an activity. Progress is shown from heartbeats, so without a setting the SDK
     * does not hold them back for most of a minute. Where each heartbeat is billed, the operator chooses. The SDK still sends
     * one in 0.8 of the heartbeat timeout.
     *
     * @throws IllegalArgumentException with a message for users when the setting is invalid
     */
    static Duration heartbeatPace(Map<String, String> environment) {
        String seconds = Setting.HEARTBEAT_SECONDS.text(environment);
        return Duration.ofSeconds(seconds.isEmpty() ? 1 : Long.parseLong(seconds));
    }

    /**
     * Lets a worker send heartbeats at the pace of the environment's setting.
     *
     * @throws IllegalArgumentException with a message for users when the setting is invalid
     */
    static void paceHeartbeats(Map<String, String> environment, WorkerOptions.Builder builder) {
        Duration pace = heartbeatPace(environment);
        builder.setMaxHeartbeatThrottleInterval(pace).setDefaultHeartbeatThrottleInterval(pace);
    }

    @Override
    public void configureWorker(String queue, WorkerOptions.Builder builder) {
        super.configureWorker(queue, builder);
        if (!queues(settings, thisHost).contains(queue)) {
            return;
        }
        version(queue, builder);
        paceHeartbeats(System.getenv(), builder);
        builder.setDefaultDeadlockDetectionTimeout(DEADLOCK.toMillis());
        if (queue.equals(settings.queue())) {
            builder.setMaxConcurrentActivityTaskPollers(1)
                    .setDisableEagerExecution(true)
                    .setWorkerTuner(new CompositeTuner(
                            new FixedSizeSlotSupplier<>(OTHER_SLOTS),
                            new DeviceSlots(settings.slots()),
                            new FixedSizeSlotSupplier<>(OTHER_SLOTS),
                            new FixedSizeSlotSupplier<>(OTHER_SLOTS)));
        }
    }

    /**
     * Gives the worker its version. Without one in the settings, the host of the plugin chooses the versions of its workers,
     * and the worker of this machine's files gets the version of the light worker beside it.
     */
    private void version(String queue, WorkerOptions.Builder builder) {
        WorkerVersion version = settings.version();
        if (version != null) {
            builder.setDeploymentOptions(version.options());
        }
        if (queue.equals(TaskQueues.LIGHT)) {
            deployment = pinned(builder.build().getDeploymentOptions());
        }
        WorkerDeploymentOptions known = deployment;
        if (known != null && (queue.equals(TaskQueues.LIGHT) || TaskQueues.isHost(queue))) {
            builder.setDeploymentOptions(known);
        }
    }

    /** The options with a behaviour for runs, because a worker with a version needs one; null for a worker without a version. */
    private static @Nullable WorkerDeploymentOptions pinned(@Nullable WorkerDeploymentOptions chosen) {
        if (chosen == null || !chosen.isUsingVersioning()) {
            return null;
        }
        return chosen.getDefaultVersioningBehavior() == VersioningBehavior.UNSPECIFIED
                ? WorkerDeploymentOptions.newBuilder(chosen)
                        .setDefaultVersioningBehavior(VersioningBehavior.PINNED)
                        .build()
                : chosen;
    }

    @Override
    public void initializeWorker(String queue, Worker worker) {
        super.initializeWorker(queue, worker);
        if (queue.equals(TaskQueues.LIGHT)) {
            light = true;
            worker.registerWorkflowImplementationTypes(
                    deployment == null ? SeptetWorkflows.types() : SeptetWorkflows.versionedTypes());
        }
        worker.registerActivitiesImplementations(activities(queue).toArray());
    }

    @Override
    public void startWorkerFactory(WorkerFactory factory, Consumer<WorkerFactory> next) {
        ScopeInstruments scope = measures.scope();
        if (scope != null) {
            scope.reportTo(factory.getWorkflowClient()
                    .getWorkflowServiceStubs()
                    .getOptions()
                    .getMetricsScope());
        }
        Host own = thisHost;
        if (own != null && light) {
            var unused = factory.newWorker(own.queue());
        }
        super.startWorkerFactory(factory, next);
    }

    @Override
    public void shutdownWorkerFactory(WorkerFactory factory, Consumer<WorkerFactory> next) {
        shutdown.request();
        super.shutdownWorkerFactory(factory, next);
    }

    /**
     * The activities of a queue. One queue may be both the light and the training queue, and some
     * activities belong to both.
     */
    private Set<Object> activities(String queue) {
        Set<Object> activities = new LinkedHashSet<>();
        if (queue.equals(TaskQueues.LIGHT) || (thisHost != null && queue.equals(thisHost.queue()))) {
            activities.addAll(implementations.light());
        }
        if (queue.equals(settings.queue())) {
            activities.addAll(implementations.training());
        }
        return activities;
    }

    private static DataConverter around(@Nullable DataConverter host) {
        return DelegatingDataConverter.around(host == null ? GlobalDataConverter.get() : host);
    }

    /** The queues whose workers run Septet's workflows or activities. */
    private static Set<String> queues(WorkerSettings settings, @Nullable Host thisHost) {
        Set<String> queues = new HashSet<>(Set.of(TaskQueues.LIGHT));
        queues.add(settings.queue());
        if (thisHost != null) {
            queues.add(thisHost.queue());
        }
        return queues;
    }
}
