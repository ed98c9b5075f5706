package dev.septet.examples.benchmarks.scale;

import dev.septet.workers.local.Connection;
import dev.septet.workers.server.ServerFile;
import dev.septet.workers.server.ServerProbe;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.TaskQueues;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.common.v1.WorkflowType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.CountWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.StartWorkflowExecutionRequest;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;

/**
 * Many runs on one server and two workers, as {@code septet dev} starts them. All stages find stored results, so that the runs
 * measure the orchestration: the workflows, the server, the store and the checks of a worker.
 */
public final class ScaleBenchmark {
    private static final double MILLIS = 1000.0;
    private static final long POLL_MILLIS = 500;

    /** Most runs whose histories are read. */
    private static final int READ = 300;

    private final Connection connection;
    private final ClusterMemory memory;

    private ScaleBenchmark(Connection connection, long dev) {
        this.connection = connection;
        this.memory = new ClusterMemory(dev);
    }

    /**
     * Usage: {@code ScaleBenchmark STATE_FOLDER DEV_PID runs PIPELINES RUNS AT_ONCE}, {@code ... waiting RUNS}, {@code ...
     * monitors COUNT}, or {@code ... pages REQUESTS LINK}. The catalogue has pipelines {@code p-1} and so on, {@code waiting} and {@code monitored}.
     */
    public static void main(String[] arguments) throws Exception {
        Path state = Path.of(arguments[0]);
        int number = Integer.parseInt(arguments[3]);
        try (Connection connection = Connection.open(
                new ServerFile(state.resolve("server.json")).read().orElseThrow())) {
            while (!ServerProbe.answers(connection.stubs(), Duration.ofSeconds(10))) {
                System.err.println("the server does not answer yet");
            }
            ScaleBenchmark benchmark = new ScaleBenchmark(connection, Long.parseLong(arguments[1]));
            switch (arguments[2]) {
                case "runs" -> benchmark.runs(number, Integer.parseInt(arguments[4]), Integer.parseInt(arguments[5]));
                case "waiting" -> benchmark.waiting(number);
                case "pages" -> pages(number, arguments[4]);
                default -> benchmark.monitors(number);
            }
        }
    }

    private WorkflowStub begin(String id, String pipeline) {
        WorkflowStub run = connection
                .client()
                .newUntypedWorkflowStub(
                        "Pipeline",
                        WorkflowOptions.newBuilder()
                                .setWorkflowId(id)
                                .setTaskQueue(TaskQueues.LIGHT)
                                .build());
        run.start(PipelineRequest.named(pipeline));
        return run;
    }

    private void runs(int pipelines, int runs, int atOnce) throws Exception {
        begin("first-" + UUID.randomUUID(), "p-1").getResult(Void.class); // stores the results
        String label = String.format(Locale.ROOT, "%,d runs of %,d pipelines, %d at once", runs, pipelines, atOnce);
        ExecutorService starters = Executors.newFixedThreadPool(atOnce);
        List<Future<WorkflowExecution>> all = new ArrayList<>();
        List<Double> seconds = Collections.synchronizedList(new ArrayList<>());
        AtomicLong done = new AtomicLong();
        Map<String, Double> before = memory.processorSeconds();
        long from = System.nanoTime();
        for (int run = 0; run < runs; run++) {
            String id = "scale-" + UUID.randomUUID() + "-" + run;
            String pipeline = "p-" + (run % pipelines + 1);
            all.add(starters.submit(() -> {
                long began = System.nanoTime();
                WorkflowStub started = begin(id, pipeline);
                started.getResult(Void.class);
                seconds.add((System.nanoTime() - began) / 1e6);
                if (done.incrementAndGet() % 500 == 0) {
                    System.err.printf(
                            Locale.ROOT, "%d runs after %.0f s%n", done.get(), (System.nanoTime() - from) / 1e9);
                }
                return started.getExecution();
            }));
        }
        List<WorkflowExecution> ended = new ArrayList<>();
        for (Future<WorkflowExecution> run : all) {
            ended.add(run.get());
        }
        double took = (System.nanoTime() - from) / 1e9;
        Map<String, Double> after = memory.processorSeconds();
        starters.shutdown();
        System.out.printf(Locale.ROOT, "%n%s: %.0f s, %.1f runs/s%n%n", label, took, runs / took);
        List<RunTimes> times = new ArrayList<>();
        int each = Math.max(1, runs / READ);
        for (int run = 0; run < runs; run += each) {
            times.add(RunTimes.of(connection, ended.get(run)));
        }
        System.out.printf("| %s | min | median | p95 | max |%n| --- | --- | --- | --- | --- |%n", label);
        print("whole run, ms", seconds, value -> value);
        print("start to first activity, ms", times, RunTimes::firstActivity);
        print("overhead of a stage, ms", times, RunTimes::overhead);
        print("events of a run and its stages", times, RunTimes::events);
        print("bytes of these events", times, RunTimes::bytes);
        for (String activity : times.get(0).activities().keySet()) {
            print(
                    "work of " + activity + ", ms",
                    times,
                    time -> time.activities().getOrDefault(activity, 0.0));
        }
        System.out.printf("%n| processor time of a run, ms | %s |%n| --- | --- |%n", label);
        after.forEach((process, used) -> System.out.printf(
                Locale.ROOT, "| %s | %.0f |%n", process, (used - before.getOrDefault(process, 0.0)) * MILLIS / runs));
        memory(label);
    }

    /** Each page in turn, as a browser that nobody touches asks for one. */
    private static void pages(int requests, String link) throws IOException, InterruptedException {
        PageTimes times = new PageTimes(link);
        times.measure("all pipelines", "/", requests);
        times.measure("all pipelines, page 2", "/?page=2", requests);
        times.measure("search", "/?search=p-9", requests);
        times.measure("one pipeline, each another", "/pipeline?name=p-NUMBER", requests);
        times.measure("workers", "/workers", requests);
        times.measure("approvals", "/approvals", requests);
        times.print();
    }

    private static <T> void print(String what, List<T> all, ToDoubleFunction<T> value) {
        double[] sorted = all.stream().mapToDouble(value).sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "| %s | %.0f | %.0f | %.0f | %.0f |%n",
                what,
                sorted[0],
                sorted[sorted.length / 2],
                sorted[(int) (sorted.length * 0.95)],
                sorted[sorted.length - 1]);
    }

    private void memory(String label) throws IOException, InterruptedException {
        System.out.printf(
                "%n| when | process | RSS, MiB | highest RSS, MiB | heap after a collection, MiB | threads |%n"
                        + "| --- | --- | --- | --- | --- | --- |%n");
        memory.print(label);
    }

    /** Runs that all wait for a worker of a queue that nobody polls. */
    private void waiting(int runs) throws Exception {
        memory("before");
        String mark = UUID.randomUUID().toString();
        long from = System.nanoTime();
        for (int run = 0; run < runs; run++) {
            begin("waiting-" + mark + "-" + run, "waiting");
        }
        await("WorkflowType = 'Setup' AND ExecutionStatus = 'Running'", runs);
        System.out.printf(
                Locale.ROOT, "%n%d runs reached their setup in %.1f s%n", runs, (System.nanoTime() - from) / 1e9);
        TimeUnit.SECONDS.sleep(30); // each asks once whether a worker polls its queue
        memory(runs + " runs in progress");
        // New runs beside them
        List<Double> beside = new ArrayList<>();
        for (int run = 0; run < 5; run++) {
            long began = System.nanoTime();
            begin("beside-" + mark + "-" + run, "p-1").getResult(Void.class);
            beside.add((System.nanoTime() - began) / 1e6);
        }
        System.out.printf(
                "%n| beside %d runs in progress | min | median | p95 | max |%n| --- | --- | --- | --- | --- |%n", runs);
        print("whole run, ms", beside, value -> value);
    }

    /** Monitors that check nothing for hours, all with the request of one real monitor. */
    private void monitors(int count) throws Exception {
        begin("monitored-" + UUID.randomUUID(), "monitored").getResult(Void.class);
        TimeUnit.SECONDS.sleep(5);
        HistoryEvent started = connection
                .client()
                .fetchHistory("monitored/monitor")
                .getEvents()
                .get(0);
        Payloads request = started.getWorkflowExecutionStartedEventAttributes().getInput();
        memory("before");
        long from = System.nanoTime();
        for (int monitor = 0; monitor < count; monitor++) {
            connection
                    .stubs()
                    .blockingStub()
                    .startWorkflowExecution(StartWorkflowExecutionRequest.newBuilder()
                            .setNamespace(connection.server().namespace())
                            .setRequestId(UUID.randomUUID().toString())
                            .setWorkflowId(idle(monitor))
                            .setWorkflowType(WorkflowType.newBuilder().setName("Monitor"))
                            .setTaskQueue(TaskQueue.newBuilder().setName(TaskQueues.LIGHT))
                            .setInput(request)
                            .build());
        }
        double started0 = (System.nanoTime() - from) / 1e9;
        awaitIdle(count);
        System.out.printf(
                Locale.ROOT,
                "%n%,d monitors: started in %.0f s, all idle after %.0f s%n",
                count,
                started0,
                (System.nanoTime() - from) / 1e9);
        memory(String.format(Locale.ROOT, "%,d idle monitors", count));
    }

    private static String idle(int monitor) {
        return "idle-" + monitor + "/monitor";
    }

    /** Waits until the last monitors have checked once, and none waits for a worker any more. */
    private void awaitIdle(int count) throws InterruptedException {
        for (int monitor = 0; monitor < count; monitor++) {
            String id = idle(monitor);
            while (true) {
                List<HistoryEvent> events = connection.client().fetchHistory(id).getEvents();
                if (events.stream().anyMatch(HistoryEvent::hasTimerStartedEventAttributes)) {
                    break;
                }
                Thread.sleep(POLL_MILLIS);
            }
        }
    }

    private void await(String query, long count) throws InterruptedException {
        long found = 0;
        while (found < count) {
            Thread.sleep((long) (MILLIS / 2));
            found = connection
                    .stubs()
                    .blockingStub()
                    .countWorkflowExecutions(CountWorkflowExecutionsRequest.newBuilder()
                            .setNamespace(connection.server().namespace())
                            .setQuery(query)
                            .build())
                    .getCount();
        }
    }
}
