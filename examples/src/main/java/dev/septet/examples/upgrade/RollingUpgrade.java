package dev.septet.examples.upgrade;

import dev.septet.workers.local.Connection;
import dev.septet.workers.log.ProcessLog;
import dev.septet.workers.version.WorkerVersion;
import dev.septet.workflows.PipelineReport;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Upgrades workers and server in the middle of runs, and compares every result with that of an undisturbed run.
 *
 * <p>Runs begin on workers of version 1. Workers of version 2 start, whose workflows have changed. When some of the runs have
 * trained, version 2 becomes current. More runs begin. A run is moved to version 2, which cannot replay it, and back. The server is
 * killed, and a newer one starts on its database. A worker of version 1 is restarted. All runs must end, with the same bytes.
 */
public final class RollingUpgrade {
    private static final String ONE = "1";
    private static final String TWO = "2";
    private static final int LATER = 1;

    private final Path checkout;
    private final Path folder;
    private final int runs;
    private final int steps;
    private final @Nullable Path earlier;
    private final Consumer<String> notes;

    /**
     * What the drill found.
     *
     * @param underWay runs that had not ended when version 2 became current
     * @param different pipelines whose results have other bytes than those of undisturbed runs
     * @param wrongVersion workflows that a version executed that should not have
     * @param failedTasks workflow tasks that a version could not replay, except of the run that was moved to the wrong version
     * @param movedFailures such workflow tasks of that run
     * @param servers versions of the Temporal server at the beginning and at the end
     * @param movedAfter time from the new current version until all monitors of that time had moved to it
     * @param disturbed time of the runs with the upgrade
     */
    public record Result(
            int runs,
            int underWay,
            int monitors,
            List<String> different,
            List<String> wrongVersion,
            long failedTasks,
            long movedFailures,
            List<String> servers,
            Duration movedAfter,
            Duration disturbed) {
        public Result {
            different = List.copyOf(different);
            wrongVersion = List.copyOf(wrongVersion);
            servers = List.copyOf(servers);
        }

        /** Whether nothing was lost. */
        public boolean good() {
            return different.isEmpty()
                    && wrongVersion.isEmpty()
                    && failedTasks == 0
                    && movedFailures > 0
                    && underWay > 0;
        }
    }

    /**
     * A drill.
     *
     * @param checkout the checkout with the sources and the quickstart
     * @param folder empty folder
     * @param runs number of runs that begin before the upgrade
     * @param steps steps of each training
     * @param earlier the Temporal CLI with the server before the upgrade; null = Septet's own, which is started again
     */
    public RollingUpgrade(
            Path checkout, Path folder, int runs, int steps, @Nullable Path earlier, Consumer<String> notes) {
        this.checkout = checkout;
        this.folder = folder;
        this.runs = runs;
        this.steps = steps;
        this.earlier = earlier;
        this.notes = notes;
    }

    /** Usage: {@code RollingUpgrade CHECKOUT [RUNS [STEPS [EARLIER_CLI]]]}. Exits with 1 when anything was lost. */
    public static void main(String[] arguments) throws Exception {
        int runs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20;
        int steps = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 24;
        Path earlier = arguments.length > 3 ? Path.of(arguments[3]) : null;
        Path folder = Files.createTempDirectory("septet-upgrade");
        ProcessLog.configure(folder.resolve("drill.log"));
        System.out.println("files and logs: " + folder);
        Result result =
                new RollingUpgrade(Path.of(arguments[0]), folder, runs, steps, earlier, System.out::println).drill();
        System.out.println(result);
        System.exit(result.good() ? 0 : 1);
    }

    /** Runs both at once: undisturbed, and with the upgrade. They share nothing but the machine. */
    public Result drill() throws IOException, InterruptedException, TimeoutException {
        ExecutorService beside = Executors.newSingleThreadExecutor();
        try {
            Future<Map<String, List<String>>> expected = beside.submit(this::undisturbed);
            return disturbed(expected);
        } finally {
            beside.shutdownNow();
        }
    }

    private static <T> T get(Future<T> other) throws InterruptedException, IOException {
        try {
            return other.get();
        } catch (ExecutionException e) {
            throw new IOException("the undisturbed runs failed", e.getCause());
        }
    }

    private DrillPipelines pipelines(String name) throws IOException {
        return DrillPipelines.write(
                folder.resolve(name).resolve("pipelines"),
                checkout.resolve("examples/quickstart"),
                runs + LATER,
                steps);
    }

    private Map<String, List<String>> undisturbed() throws IOException, InterruptedException, TimeoutException {
        Path place = folder.resolve("undisturbed");
        try (DrillProcesses processes =
                        new DrillProcesses(place, pipelines("undisturbed").folder(), null);
                Connection connection = Connection.open(processes.server())) {
            DrillServer server = new DrillServer(connection);
            processes.startWorkers(ONE, null);
            server.awaitWorkers(version(ONE));
            processes.septet("workers", "current", ONE);
            DrillPipelines.names(runs + LATER).forEach(server::begin);
            Map<String, List<String>> all = results(server);
            notes.accept(String.format(Locale.ROOT, "%d undisturbed runs ended", all.size()));
            return all;
        }
    }

    private Map<String, List<String>> results(DrillServer server) throws TimeoutException {
        Map<String, List<String>> all = new TreeMap<>();
        for (String name : DrillPipelines.names(runs + LATER)) {
            PipelineReport report = server.result(name);
            all.put(
                    name,
                    List.of(
                            Objects.requireNonNull(report.dataset()).artifact().sha256(),
                            Objects.requireNonNull(report.checkpoint())
                                    .artifact()
                                    .sha256(),
                            Objects.requireNonNull(report.checkpoint()).ledger().sha256(),
                            Objects.requireNonNull(report.deployment())
                                    .artifact()
                                    .sha256()));
        }
        return all;
    }

    private Result disturbed(Future<Map<String, List<String>>> undisturbed)
            throws IOException, InterruptedException, TimeoutException {
        Path overlay = ChangedWorkflows.compile(checkout, folder.resolve("changed"));
        long start = System.nanoTime();
        try (DrillProcesses processes = new DrillProcesses(
                        folder.resolve("disturbed"), pipelines("disturbed").folder(), earlier);
                Connection connection = Connection.open(processes.server())) {
            DrillServer server = new DrillServer(connection);
            String before = server.version();
            processes.startWorkers(ONE, null);
            server.awaitWorkers(version(ONE));
            processes.septet("workers", "current", ONE);
            DrillPipelines.names(runs).forEach(server::begin);
            processes.startWorkers(TWO, overlay);
            server.awaitWorkers(version(TWO));
            DrillServer.await(
                    "the first trainings",
                    () -> server.count("WorkflowType = 'Train' AND ExecutionStatus = 'Completed'")
                            >= Math.max(1, runs / 4));

            processes.septet("workers", "current", TWO);
            long upgraded = System.nanoTime();
            int underWay = (int) server.count("WorkflowType = 'Pipeline' AND ExecutionStatus = 'Running'");
            notes.accept(String.format(
                    Locale.ROOT,
                    "version 2 is current after %d s; %d of %d runs are under way",
                    seconds(upgraded - start),
                    underWay,
                    runs));
            notes.accept(processes.septet("workers"));
            IntStream.range(runs, runs + LATER).mapToObj(DrillPipelines::name).forEach(server::begin);
            Duration movedAfter = awaitMonitors(server, upgraded);
            String moved = moveThereAndBack(processes, server);
            processes.upgradeServer();
            String after = server.version();
            notes.accept("the server %s was killed, and %s started on its database".formatted(before, after));
            processes.stop("training-1");
            processes.startWorker("training", ONE, null);
            notes.accept("the training worker of version 1 was restarted");

            Map<String, List<String>> actual = results(server);
            long ended = System.nanoTime();
            List<String> monitors = IntStream.range(0, runs + LATER)
                    .filter(DrillPipelines::monitored)
                    .mapToObj(at -> DrillPipelines.name(at) + "/monitor")
                    .toList();
            for (String monitor : monitors) {
                DrillServer.await(
                        monitor + " on version 2", () -> server.build(monitor).equals(TWO));
            }
            Map<String, List<String>> expected = get(undisturbed);
            long movedFailures = server.failedTasks(train(server, moved));
            return new Result(
                    runs,
                    underWay,
                    monitors.size(),
                    expected.keySet().stream()
                            .filter(name -> !Objects.equals(expected.get(name), actual.get(name)))
                            .toList(),
                    wrongVersions(server),
                    failedTasks(server) - movedFailures,
                    movedFailures,
                    List.of(before, after),
                    movedAfter,
                    Duration.ofNanos(ended - start));
        }
    }

    /** Waits until the monitors that run now have moved, and returns how long that took. */
    private static Duration awaitMonitors(DrillServer server, long since)
            throws InterruptedException, TimeoutException {
        for (WorkflowExecutionInfo monitor : server.list("WorkflowType = 'Monitor' AND ExecutionStatus = 'Running'")) {
            String id = monitor.getExecution().getWorkflowId();
            DrillServer.await(id + " on version 2", () -> server.build(id).equals(TWO));
        }
        return Duration.ofNanos(System.nanoTime() - since);
    }

    /** Moves a run that trains to version 2, which cannot replay its training, and back when it waits. */
    private String moveThereAndBack(DrillProcesses processes, DrillServer server)
            throws IOException, InterruptedException, TimeoutException {
        List<String> found = new ArrayList<>();
        DrillServer.await("a run that trains", () -> {
            server.list("WorkflowType = 'Train' AND ExecutionStatus = 'Running'").stream()
                    .map(info -> info.getExecution().getWorkflowId())
                    .filter(id -> server.build(id).equals(ONE))
                    .filter(server::computes)
                    .findFirst()
                    .ifPresent(found::add);
            return !found.isEmpty() || server.count("WorkflowType = 'Pipeline' AND ExecutionStatus = 'Running'") == 0;
        });
        if (found.isEmpty()) {
            throw new IOException("all runs have trained before the upgrade; use more steps");
        }
        String training = found.get(0);
        String run = training.substring(0, training.indexOf('/'));
        processes.septet("workers", "move", run, "--to", TWO);
        DrillServer.await("the move to show", () -> server.failedTasks(training) > 0);
        notes.accept(run + " waits, because version 2 cannot replay it");
        processes.septet("workers", "move", run, "--to", ONE);
        return run;
    }

    private static String train(DrillServer server, String run) {
        return server.list("WorkflowType = 'Train'").stream()
                .map(info -> info.getExecution().getWorkflowId())
                .filter(id -> id.startsWith(run + "/"))
                .findFirst()
                .orElseThrow();
    }

    /** Workflows that ended on another version than their run should have. */
    private List<String> wrongVersions(DrillServer server) {
        List<String> wrong = new ArrayList<>();
        List<String> first = DrillPipelines.names(runs);
        for (WorkflowExecutionInfo info : server.list("WorkflowType != 'Monitor'")) {
            String id = info.getExecution().getWorkflowId();
            if (!id.startsWith("desk-")) {
                continue; // the server's own
            }
            String expected = first.contains(id.split("/")[0]) ? ONE : TWO;
            String actual = server.build(id);
            if (!expected.equals(actual)) {
                wrong.add(id + " on " + actual);
            }
        }
        return wrong;
    }

    private static long failedTasks(DrillServer server) {
        return server.list("WorkflowId STARTS_WITH 'desk-'").stream()
                .mapToLong(info -> server.failedTasks(info.getExecution().getWorkflowId()))
                .sum();
    }

    private static WorkerVersion version(String build) {
        return new WorkerVersion(WorkerVersion.DEFAULT_DEPLOYMENT, build);
    }

    private static long seconds(long nanos) {
        return Duration.ofNanos(nanos).toSeconds();
    }
}
