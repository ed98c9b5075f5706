package dev.septet.workers;

import dev.septet.activities.authority.Authority;
import dev.septet.activities.authority.RunKey;
import dev.septet.activities.host.HostFile;
import dev.septet.activities.host.Hosts;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Stores;
import dev.septet.activities.attempt.Shutdown;
import dev.septet.dsl.vocabulary.WordReference;
import dev.septet.workers.authority.AuthorityCheck;
import dev.septet.workflows.SeptetWorkflows;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.host.Host;
import dev.septet.workflows.payload.DelegatingDataConverter;
import dev.septet.workflows.payload.FailureTrim;
import io.temporal.client.schedules.ScheduleClientOptions;
import io.temporal.common.SimplePlugin;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.GlobalDataConverter;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.worker.Worker;
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
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a Temporal worker or client needs for Septet, in one line:
 *
 * <pre>{@code
 * WorkflowClientOptions.newBuilder().setPlugins(SeptetPlugin.of(settings))
 * }</pre>
 *
 * For each worker what belongs on its queue: workflows and light activities on {@link
 * TaskQueues#LIGHT}, on the settings' own queue the activities that need the engine, one a device.
 * Where several machines share a store, a worker of light activities gets a second one beside it,
 * on the queue of the state folder's files ({@link TaskQueues#host}). Workers and activities of
 * other queues are left as they are, and so is the data converter for all types but Septet's; a
 * codec encodes those too.
 */
public final class SeptetPlugin extends SimplePlugin {
    /** Progress is shown from heartbeats: it must not lie in the SDK for most of a minute. */
    private static final Duration HEARTBEAT_THROTTLE = Duration.ofSeconds(1);

    /**
     * The SDK's one second is too short for a cold JVM on a busy machine: its first workflow task
     * loads classes, and a task taken for stuck is only tried again after 10 s.
     */
    private static final Duration DEADLOCK = Duration.ofSeconds(5);

    private static final int OTHER_SLOTS = 200;

    private final WorkerSettings settings;
    private final Implementations implementations;
    private final Shutdown shutdown;
    private final @Nullable Host here;
    private boolean light;

    /**
     * Septet's own activities; they are told when the worker factory that they run in shuts down.
     *
     * @throws dev.septet.dsl.extension.ExtensionProblem naming a jar whose words cannot be used
     */
    public static SeptetPlugin of(WorkerSettings settings) {
        WordReference.check();
        Shutdown shutdown = new Shutdown();
        Authority authority = authority(settings); // before the store, which tells old from new
        Host here = here(settings);
        return new SeptetPlugin(
                settings,
                Implementations.of(settings, here, shutdown),
                shutdown,
                here,
                here == null ? null : new Hosts(store(settings)),
                () -> authority);
    }

    /**
     * @param shutdown requested as soon as the factory of these workers shuts down, so that a
     *     training commits its checkpoint and hands over instead of being cut off
     */
    public SeptetPlugin(WorkerSettings settings, Implementations implementations, Shutdown shutdown) {
        this(settings, implementations, shutdown, null, null, () -> authority(settings));
    }

    /**
     * Where several machines share a store.
     *
     * @param here the state folder, null where none share one
     * @param hosts of pipelines, null where none share one
     */
    SeptetPlugin(
            WorkerSettings settings,
            Implementations implementations,
            Shutdown shutdown,
            @Nullable Host here,
            @Nullable Hosts hosts,
            Supplier<Authority> authority) {
        super(newBuilder("septet")
                .customizeDataConverter(SeptetPlugin::around)
                .addWorkerInterceptors(interceptors(queues(settings, here), here, hosts, authority)));
        this.settings = settings;
        this.here = here;
        this.implementations = implementations;
        this.shutdown = shutdown;
    }

    /** The last one is asked first: who asks is checked before the pipeline's host is. */
    private static WorkerInterceptor[] interceptors(
            Set<String> queues, @Nullable Host here, @Nullable Hosts hosts, Supplier<Authority> authority) {
        List<WorkerInterceptor> all = new ArrayList<>();
        all.add(new QueueScopedInterceptor(queues, new FailureTrim()));
        if (here != null && hosts != null) {
            all.add(new QueueScopedInterceptor(queues, new HostCheck(here, hosts)));
        }
        all.add(new AuthorityCheck(queues, authority));
        return all.toArray(new WorkerInterceptor[0]);
    }

    private static @Nullable Host here(WorkerSettings settings) {
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
     * Of a worker.
     *
     * @throws UncheckedIOException with a sentence when its key cannot be read or made
     */
    private static Authority authority(WorkerSettings settings) {
        try {
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

    @Override
    public void configureWorker(String queue, WorkerOptions.Builder builder) {
        super.configureWorker(queue, builder);
        if (!queues(settings, here).contains(queue)) {
            return;
        }
        builder.setMaxHeartbeatThrottleInterval(HEARTBEAT_THROTTLE)
                .setDefaultHeartbeatThrottleInterval(HEARTBEAT_THROTTLE)
                .setDefaultDeadlockDetectionTimeout(DEADLOCK.toMillis());
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

    @Override
    public void initializeWorker(String queue, Worker worker) {
        super.initializeWorker(queue, worker);
        if (queue.equals(TaskQueues.LIGHT)) {
            light = true;
            worker.registerWorkflowImplementationTypes(SeptetWorkflows.types());
        }
        worker.registerActivitiesImplementations(activities(queue).toArray());
    }

    @Override
    public void startWorkerFactory(WorkerFactory factory, Consumer<WorkerFactory> next) {
        Host own = here;
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

    /** Those of a queue; one queue may be both, and some activities belong to both. */
    private Set<Object> activities(String queue) {
        Set<Object> activities = new LinkedHashSet<>();
        if (queue.equals(TaskQueues.LIGHT) || (here != null && queue.equals(here.queue()))) {
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

    /** Those whose workers do Septet's work. */
    private static Set<String> queues(WorkerSettings settings, @Nullable Host here) {
        Set<String> queues = new HashSet<>(Set.of(TaskQueues.LIGHT));
        queues.add(settings.queue());
        if (here != null) {
            queues.add(here.queue());
        }
        return queues;
    }
}
