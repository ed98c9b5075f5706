package dev.septet.workers;

import com.uber.m3.tally.RootScopeBuilder;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.Stores;
import dev.septet.activities.time.RepeatedTask;
import dev.septet.activities.train.command.ExpiredRunFolders;
import dev.septet.llm.sandbox.InstalledProgram;
import dev.septet.workers.client.ClientOptions;
import dev.septet.workers.measure.ActivityMeter;
import dev.septet.workers.measure.WorkerReadiness;
import dev.septet.workers.observe.Instruments;
import dev.septet.workers.observe.MachineGauges;
import dev.septet.workers.observe.MetricsAddress;
import dev.septet.workers.observe.ProcessListener;
import dev.septet.workers.observe.PrometheusInstruments;
import dev.septet.workers.server.ServerClock;
import dev.septet.workers.server.ServerProbe;
import dev.septet.workers.server.ServerRef;
import dev.septet.workers.trace.TraceExport;
import dev.septet.workers.trace.TracePlugin;
import dev.septet.workflows.TaskQueues;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientPlugin;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.common.reporter.MicrometerClientStatsReporter;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker process, from its start to its orderly end. */
public final class WorkerProcess {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);

    /** Time in which training must finish its step and commit its checkpoint. */
    public static final int GRACE_SECONDS = 30;

    /** Number of checks for hung activities within the time that an activity may be silent. */
    private static final int CHECKS = 4;

    private static final Duration SERVER_ANSWER = Duration.ofSeconds(2);

    /** The SDK's default number of activities that run at once. */
    private static final int LIGHT_SLOTS = 200;

    /** How often the SDK reports its metrics, which bounds their age. */
    private static final int REPORT_SECONDS = 5;

    private static final Duration CLOCK_CHECK = Duration.ofHours(1);
    private static final Duration CLOCKS_AGREE = Duration.ofSeconds(5);

    private static final Duration AUDIT_RETENTION = Duration.ofHours(6);

    /** The difference of clocks that the age of a line may have. */
    private static final Duration CLOCK_FITS_AGES = Duration.ofMinutes(5);

    private final WorkerSettings settings;
    private final @Nullable ServerRef server;

    /**
     * @param server the server of the state folder; null = the server that the environment or a
     *     profile names
     */
    public WorkerProcess(WorkerSettings settings, @Nullable ServerRef server) {
        this.settings = settings;
        this.server = server;
    }

    /**
     * Polls until SIGTERM or SIGINT. The worker waits while the server does not answer.
     *
     * @throws IOException when Temporal's configuration cannot be read
     * @throws dev.septet.workers.observe.ListenProblem when it cannot listen on the address for metrics
     */
    public void run() throws IOException {
        var unused = InstalledProgram.ofProcess(); // as it is before an upgrade can remove a part
        ClientConfigProfile profile = ClientConfigProfile.load();
        PrometheusInstruments metrics =
                MetricsAddress.of(System.getenv()).isPresent() ? new PrometheusInstruments() : null;
        Instruments instruments = metrics == null ? Instruments.NONE : metrics;
        ActivityMeter meter = SeptetPlugin.meter(settings, instruments);
        WorkflowServiceStubsOptions connection =
                server == null ? profile.toWorkflowServiceStubsOptions() : server.options();
        WorkflowServiceStubs stubs =
                WorkflowServiceStubs.newServiceStubs(metrics == null ? connection : measured(connection, metrics));
        WorkflowClient client = WorkflowClient.newInstance(
                stubs,
                ClientOptions.system()
                        .workflow(profile.toWorkflowClientOptions())
                        .setPlugins(plugins(instruments, meter))
                        .build());
        WorkerHealthInterceptor errors = new WorkerHealthInterceptor(WorkerProcess::end);
        WorkerFactory factory = WorkerFactory.newInstance(
                client,
                WorkerFactoryOptions.newBuilder()
                        .setWorkerInterceptors(
                                errors,
                                new RunningActivities(RunningActivities.file(settings.state(), settings.name())))
                        .build());
        if (settings.role().light()) {
            factory.newWorker(TaskQueues.LIGHT);
        }
        if (settings.role().training()) {
            factory.newWorker(settings.queue());
        }
        AtomicBoolean draining = new AtomicBoolean();
        Optional<ProcessListener> listener =
                metrics == null ? Optional.empty() : listen(metrics, meter, client, factory, errors, draining::get);
        awaitServer(stubs);
        factory.start();
        LOG.info("the {} worker polls {}", settings.name(), client.getOptions().getNamespace());
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            draining.set(true);
                            drain(factory);
                            listener.ifPresent(ProcessListener::close);
                        },
                        "septet-drain"));
        startHangCheck(errors);
        startClockCheck(stubs, client.getOptions().getNamespace());
        if (settings.role().light()) {
            startAuditRetention(stubs, client.getOptions().getNamespace());
        }
        if (settings.role().training()) {
            startRemoval(client);
        }
        factory.awaitTermination(Long.MAX_VALUE, TimeUnit.DAYS);
        stubs.shutdownNow();
    }

    /** The same connection, whose metrics and those of its workers go to the registry of this process. */
    private static WorkflowServiceStubsOptions measured(
            WorkflowServiceStubsOptions connection, PrometheusInstruments metrics) {
        return WorkflowServiceStubsOptions.newBuilder(connection)
                .setMetricsScope(new RootScopeBuilder()
                        .reporter(new MicrometerClientStatsReporter(metrics.micrometer()))
                        .reportEvery(com.uber.m3.util.Duration.ofSeconds(REPORT_SECONDS)))
                .build();
    }

    private Optional<ProcessListener> listen(
            PrometheusInstruments metrics,
            ActivityMeter meter,
            WorkflowClient client,
            WorkerFactory factory,
            WorkerHealthInterceptor errors,
            BooleanSupplier draining)
            throws IOException {
        StateFolder state = settings.state();
        ArtifactStore store = Stores.open(state.store(), System.getenv());
        Map<String, Path> disks = new LinkedHashMap<>(Map.of("state", state.path()));
        if (store instanceof LocalStore local) {
            disks.put("store", local.root());
        }
        MachineGauges.add(metrics, disks, System.getenv());
        Map<String, Integer> slots = new LinkedHashMap<>();
        if (settings.role().light()) {
            slots.put(TaskQueues.LIGHT, LIGHT_SLOTS);
        }
        if (settings.role().training()) {
            slots.put(settings.queue(), settings.slots());
        }
        metrics.beforeScrape(() -> meter.setGauges(slots));
        return ProcessListener.start(
                System.getenv(),
                state.path(),
                new ProcessListener.Shown(
                        settings.name(),
                        "worker",
                        metrics,
                        new WorkerReadiness(client, factory, List.copyOf(slots.keySet()), store, draining).checks(),
                        errors::problem,
                        Map.of()));
    }

    /** Spans of workflows and activities are recorded outside of all checks, so that they also show refusals. */
    private WorkflowClientPlugin[] plugins(Instruments instruments, ActivityMeter meter) {
        SeptetPlugin septet = SeptetPlugin.of(settings, instruments, meter);
        return TraceExport.isOn()
                ? new WorkflowClientPlugin[] {septet, new TracePlugin()}
                : new WorkflowClientPlugin[] {septet};
    }

    private static void startHangCheck(WorkerHealthInterceptor errors) {
        Duration pause = WorkerHealthInterceptor.SILENCE.dividedBy(CHECKS);
        var unused = RepeatedTask.start("septet-hung-activities", pause, pause, errors::check);
    }

    /** Compares the clocks now and every hour. A wrong clock ends nothing, so it is only named. */
    private void startClockCheck(WorkflowServiceStubs stubs, String namespace) {
        var unused = RepeatedTask.start(
                "septet-clock",
                Duration.ZERO,
                CLOCK_CHECK,
                () -> ServerClock.difference(
                                stubs, namespace, List.of(settings.queue()), Clock.systemUTC(), CLOCKS_AGREE)
                        .ifPresent(difference -> LOG.warn(
                                "this machine's clock is {} that of the Temporal server; set both by NTP. Ages of files and times in logs are wrong until then",
                                difference.words())));
    }

    /**
     * Deletes old lines of the audit logs that no model server writes, now and every few hours, if the server's clock agrees. A
     * model that is not served any more has no other process that would delete them.
     */
    private void startAuditRetention(WorkflowServiceStubs stubs, String namespace) {
        Duration keep = AuditSettings.retention(System.getenv());
        if (keep == null) {
            return;
        }
        AuditLogs logs = new AuditLogs(settings.state().audit(), AtRestEncryption.of(System.getenv()));
        var unused = RepeatedTask.start("septet-audit-retention", Duration.ZERO, AUDIT_RETENTION, () -> {
            ServerClock.Comparison clocks = ServerClock.compare(
                    stubs, namespace, List.of(settings.queue()), Clock.systemUTC(), CLOCK_FITS_AGES);
            if (!clocks.known() || clocks.difference().isPresent()) {
                LOG.warn("old lines of audit logs were not deleted now: the server's clock is not known, or differs");
                return;
            }
            try {
                AuditLogs.RetainedLogs done = logs.retain(keep, Clock.systemUTC());
                done.shortened().forEach(pipeline -> LOG.info("the audit log of {} lost its old lines", pipeline));
                done.failed().forEach(problem -> LOG.warn("old lines of an audit log were not deleted: {}", problem));
            } catch (IOException later) {
                LOG.warn("old lines of audit logs were not deleted now: {}", later.getMessage());
            }
        });
    }

    /** Removes old run folders of outside trainers now and every day. */
    private void startRemoval(WorkflowClient client) {
        ExpiredRunFolders expired =
                ExpiredRunFolders.of(System.getenv(), settings.state().trainers());
        var unused = RepeatedTask.start("septet-run-folders", Duration.ZERO, Duration.ofDays(1), () -> {
            try {
                expired.remove(runId -> isOpen(client, runId));
            } catch (IOException | RuntimeException later) {
                LOG.warn("old run folders were not removed now: {}", later.getMessage());
            }
        });
    }

    /** Whether the server has an open run of this id; assumed where the server has no list of runs. */
    static boolean isOpen(WorkflowClient client, String runId) {
        try (Stream<WorkflowExecutionMetadata> found = client.listExecutions("RunId = '%s'".formatted(runId))) {
            return found.anyMatch(run -> run.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING);
        } catch (StatusRuntimeException noList) {
            return true;
        }
    }

    /**
     * Shuts the process down from a new thread. The failure is still reported, and other activities
     * hand over to their next attempts. Activities that do not end in time are cut off.
     */
    static void end(String reason) {
        Thread exit = new Thread(() -> System.exit(WorkerHealthInterceptor.STATUS), "septet-exit");
        exit.setDaemon(true);
        Thread halt = new Thread(WorkerProcess::halt, "septet-halt");
        halt.setDaemon(true);
        halt.start();
        exit.start();
    }

    private static void halt() {
        try {
            Thread.sleep(Duration.ofSeconds(GRACE_SECONDS).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(WorkerHealthInterceptor.STATUS);
    }

    /**
     * Shuts the factory down in order. The plugin tells the activities, and after {@code shutdown}
     * every heartbeat does. Training then commits its checkpoint and hands over to its next
     * attempt. {@code shutdownNow} would interrupt it in the middle of a file.
     */
    static void drain(WorkerFactory factory) {
        LOG.info("ending: no new work, running activities hand over");
        factory.shutdown();
        factory.awaitTermination(GRACE_SECONDS - 2, TimeUnit.SECONDS);
        LOG.info("ended");
        TraceExport.flush();
    }

    private static void awaitServer(WorkflowServiceStubs stubs) {
        boolean warned = false;
        while (!ServerProbe.answers(stubs, SERVER_ANSWER)) {
            if (!warned) {
                LOG.warn("the Temporal server does not answer; waiting for it");
                warned = true;
            }
        }
    }
}
