package dev.septet.workers.cli.ui.view;

import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.run.LiveActivity;
import dev.septet.workers.cli.run.RunHandle;
import dev.septet.workers.cli.run.RunRow;
import dev.septet.workers.local.Connection;
import dev.septet.workflows.monitor.MonitorStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the pages show. It is read when a page is open, and kept for a few seconds for all who look. */
public final class UiModel implements AutoCloseable {
    private static final Duration SERVER = Duration.ofSeconds(2);
    private static final Duration STORE = Duration.ofSeconds(20);
    private static final Duration ROW = Duration.ofSeconds(3);
    private static final int CALLS = 8;
    private static final int READS = 4;
    private static final int LISTS = 2;
    private static final int REMEMBERED = 500;
    private static final int ROW_MILLIS = 1500;

    private final Session session;
    private final ExecutorService calls = threads("ui-calls", CALLS);
    private final ExecutorService reads = threads("ui-reads", READS);

    /** Of its own, because the others wait for it. */
    private final ExecutorService lists = threads("ui-lists", LISTS);

    private final ExecutorService details = threads("ui-details", CALLS);
    private final Clock clock;
    private final ServerLink link;
    private final Map<Path, StoreFacts.ServedFile> files = new ConcurrentHashMap<>();
    private final Cached<ServerFacts> server;
    private final Cached<StoreFacts> store;
    private final Cached<QueuesView> queues;
    private final Map<String, Cached<Overview.Details>> rows = bounded();
    private final Map<String, Cached<PipelineView>> pipelines = bounded();
    private final Map<String, Cached<CostSum>> costs = bounded();
    private final Map<String, Cached<FeedbackView>> feedback = bounded();
    private final FeedbackFiles feedbackFiles;
    private final PipelineReader reader;

    public UiModel(Session session, Clock clock) {
        this.session = session;
        this.clock = clock;
        this.link = new ServerLink(session, calls);
        this.server = new Cached<>(() -> ServerFacts.read(link), SERVER, lists, clock);
        this.store = new Cached<>(() -> StoreFacts.read(session, files), STORE, lists, clock);
        QueueReader workers = new QueueReader(session, link, lists, clock);
        this.queues = new Cached<>(() -> workers.read(facts(server)), SERVER, reads, clock);
        this.feedbackFiles = new FeedbackFiles(session);
        this.reader = new PipelineReader(session, link);
    }

    private static ExecutorService threads(String name, int count) {
        return Executors.newFixedThreadPool(count, work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    private static <V> Map<String, Cached<V>> bounded() {
        return Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Cached<V>> eldest) {
                return size() > REMEMBERED;
            }
        });
    }

    /**
     * A view and its age.
     *
     * @param value null when nothing could be read yet
     * @param problem why it is not current; null when it is
     */
    public record Read<T>(
            @Nullable T value,
            Cached.Held<ServerFacts> server,
            @Nullable String problem) {}

    /** The connection, for the buttons. */
    public ServerLink link() {
        return link;
    }

    /** The lists of all pipelines. */
    public Cached.Held<ServerFacts> server() {
        return server.get();
    }

    /** A page of the list of pipelines. */
    public Read<Overview> overview(String search, Overview.Show show, int page) {
        store.begin();
        Cached.Held<ServerFacts> known = server.get();
        Cached.Held<StoreFacts> stored = store.get();
        ServerFacts facts = known.value() == null ? ServerFacts.NONE : known.value();
        StoreFacts records = stored.value() == null ? StoreFacts.NONE : stored.value();
        Overview view = Overview.of(facts, records, search, show, page, this::details);
        return new Read<>(view, known, problem(known, stored.problem()));
    }

    /** One pipeline. */
    public Read<PipelineView> pipeline(String name) {
        Cached.Held<ServerFacts> known = server.get();
        Cached.Held<PipelineView> view = pipelines
                .computeIfAbsent(
                        name,
                        any -> new Cached<>(
                                () -> {
                                    Cached.Held<ServerFacts> now = server.get();
                                    return reader.read(
                                            name, now.value() == null ? ServerFacts.NONE : now.value(), now.problem());
                                },
                                SERVER,
                                reads,
                                clock))
                .get();
        return new Read<>(view.value(), known, problem(known, view.problem()));
    }

    /** A page of the list of what pipelines cost. */
    public Read<CostsView> costs(String search, int page) {
        store.begin();
        Cached.Held<ServerFacts> known = server.get();
        Cached.Held<StoreFacts> stored = store.get();
        StoreFacts records = stored.value();
        return new Read<>(
                records == null ? null : CostsView.of(records.newest().keySet(), search, page, this::costs),
                known,
                problem(known, stored.problem()));
    }

    private List<@Nullable CostSum> costs(List<String> names) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ROW_MILLIS);
        List<Future<@Nullable CostSum>> calls = new ArrayList<>();
        for (String name : names) {
            Cached<CostSum> row =
                    costs.computeIfAbsent(name, any -> new Cached<>(() -> reader.costs(name), STORE, reads, clock));
            calls.add(details.submit(() -> row.get().value()));
        }
        List<@Nullable CostSum> found = new ArrayList<>();
        for (Future<@Nullable CostSum> call : calls) {
            found.add(ServerLink.within(call, deadline));
        }
        return found;
    }

    /** Feedback on a pipeline's model that waits for a decision. Nothing of it comes from the Temporal server. */
    public Read<FeedbackView> feedback(String pipeline) {
        Cached.Held<FeedbackView> view = feedback.computeIfAbsent(
                        pipeline, any -> new Cached<>(() -> feedbackFiles.pending(pipeline), SERVER, reads, clock))
                .get();
        return new Read<>(view.value(), server.get(), view.problem());
    }

    /** Whether the store or a folder of this machine's workers has a pipeline of this name, also before its first run. */
    public boolean serves(String name) {
        StoreFacts known = store.get().value();
        return known == null || known.names().contains(name);
    }

    /** Workers and queues. */
    public Read<QueuesView> queues() {
        Cached.Held<ServerFacts> known = server.get();
        Cached.Held<QueuesView> view = known.problem() == null || known.value() != null
                ? queues.get()
                : new Cached.Held<>(null, null, known.problem());
        return new Read<>(view.value(), known, problem(known, view.problem()));
    }

    /** Reads everything again at the next request, because a button changed something. */
    public void expire() {
        server.expire();
        queues.expire();
        List.copyOf(pipelines.values()).forEach(Cached::expire);
        List.copyOf(feedback.values()).forEach(Cached::expire);
        List.copyOf(rows.values()).forEach(Cached::expire);
    }

    /** Why the facts are not current; null when they are. */
    public static @Nullable String problem(Cached.Held<ServerFacts> server, @Nullable String other) {
        String problem = server.problem();
        if (problem == null && server.value() == null) {
            problem = "the Temporal server has not answered yet";
        }
        return problem == null ? other : problem;
    }

    private static ServerFacts facts(Cached<ServerFacts> server) {
        ServerFacts known = server.get().value();
        return known == null ? ServerFacts.NONE : known;
    }

    private List<Overview.Details> details(List<String> names) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ROW_MILLIS);
        List<Future<Overview.Details>> calls = new ArrayList<>();
        for (String name : names) {
            Cached<Overview.Details> row =
                    rows.computeIfAbsent(name, any -> new Cached<>(() -> detail(name), ROW, Runnable::run, clock));
            calls.add(details.submit(() -> Objects.requireNonNullElse(row.get().value(), Overview.Details.NOTHING)));
        }
        List<Overview.Details> found = new ArrayList<>();
        for (Future<Overview.Details> call : calls) {
            found.add(Objects.requireNonNullElse(ServerLink.within(call, deadline), Overview.Details.NOTHING));
        }
        return found;
    }

    private Overview.Details detail(String name) throws Exception {
        StoreFacts records = Objects.requireNonNullElse(store.get().value(), StoreFacts.NONE);
        Cached.Held<ServerFacts> known = server.get();
        List<LiveActivity> activities = List.of();
        if (known.problem() == null && known.value() != null) {
            List<RunRow> open = known.value().open(name);
            if (!open.isEmpty()) {
                Connection connection = link.open();
                activities = new RunHandle(
                                connection,
                                open.get(0).workflowId(),
                                open.get(0).runId())
                        .activities();
            }
        }
        return new Overview.Details(records.stored(session, name), activities, alarm(known, name));
    }

    /** Asks only a monitor whose last check was suspicious, because each question costs a worker some work. */
    private Overview.Alarm alarm(Cached.Held<ServerFacts> known, String name) {
        RunRow monitor = known.value() == null ? null : known.value().monitors().get(name);
        Double drift = monitor == null ? null : monitor.drift();
        if (monitor == null || drift == null || drift < Overview.SUSPICIOUS || known.problem() != null) {
            return Overview.Alarm.UNKNOWN;
        }
        try {
            MonitorStatus status = link.open()
                    .client()
                    .newUntypedWorkflowStub(monitor.workflowId())
                    .query("status", MonitorStatus.class);
            return status.alarm().raised()
                    ? Overview.Alarm.CONFIRMED
                    : status.alarm().streak() > 0 ? Overview.Alarm.SUSPECTED : Overview.Alarm.NOT_CONFIRMED;
        } catch (IOException | RuntimeException noWorker) {
            return Overview.Alarm.UNKNOWN;
        }
    }

    @Override
    public void close() {
        calls.shutdownNow();
        reads.shutdownNow();
        lists.shutdownNow();
        details.shutdownNow();
        link.close();
    }
}
