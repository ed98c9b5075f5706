package dev.septet.workers.cli.ui.view;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.run.OpenRuns;
import dev.septet.workers.cli.run.RunHandle;
import dev.septet.workers.cli.run.RunRow;
import dev.septet.workers.cli.run.UnpolledQueues;
import dev.septet.workers.cli.steer.AskedModel;
import dev.septet.workers.local.Connection;
import dev.septet.workers.local.Pollers;
import dev.septet.workers.schedule.ScheduleProblem;
import dev.septet.workers.schedule.Schedules;
import dev.septet.workflows.Stage;
import dev.septet.workflows.TaskQueues;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * What the Temporal server's lists say about all pipelines. Every list has a bound, so that the page needs the same time for a
 * server of any size.
 *
 * @param address the server's address
 * @param open open runs, newest first
 * @param newest the newest run of each pipeline, among the newest {@link #MOST_RUNS}
 * @param monitors the open monitor of each pipeline
 * @param schedules the schedule of each pipeline
 * @param questions models that wait for an approval, those of the oldest runs first
 * @param remarks what is wrong, or left out, one sentence each
 */
public record ServerFacts(
        String address,
        List<RunRow> open,
        Map<String, RunRow> newest,
        Map<String, RunRow> monitors,
        Map<String, Schedules.Listed> schedules,
        List<ApprovalQuestion> questions,
        List<String> remarks) {
    static final int MOST_RUNS = 2000;
    private static final int MOST_OPEN = 2000;
    private static final int MOST_MONITORS = 2000;
    private static final int MOST_SCHEDULES = 2000;
    static final int MOST_QUESTIONS = 50;
    private static final int QUESTIONS_MILLIS = 2500;
    private static final String MONITOR = "/monitor";

    public ServerFacts {
        open = List.copyOf(open);
        newest = Map.copyOf(newest);
        monitors = Map.copyOf(monitors);
        schedules = Map.copyOf(schedules);
        questions = List.copyOf(questions);
        remarks = List.copyOf(remarks);
    }

    /** No server has answered yet. */
    static final ServerFacts NONE = new ServerFacts("", List.of(), Map.of(), Map.of(), Map.of(), List.of(), List.of());

    /** Reads them. */
    static ServerFacts read(ServerLink link) throws Exception {
        Connection connection = link.open();
        List<String> remarks = new ArrayList<>();
        List<RunRow> open = OpenRuns.find(connection, OpenRuns.ALL + " AND ExecutionStatus = 'Running'", MOST_OPEN);
        if (open.size() == MOST_OPEN) {
            remarks.add("More than 2,000 runs are open; the oldest of them are left out.");
        }
        Map<String, RunRow> newest = byPipeline(OpenRuns.find(connection, OpenRuns.ALL, MOST_RUNS), "");
        Map<String, RunRow> monitors = byPipeline(
                OpenRuns.find(connection, "WorkflowType = 'Monitor' AND ExecutionStatus = 'Running'", MOST_MONITORS),
                MONITOR);
        Map<String, Schedules.Listed> schedules = new HashMap<>();
        try {
            new Schedules(connection)
                    .listed(MOST_SCHEDULES)
                    .forEach(listed -> schedules.put(listed.pipeline(), listed));
        } catch (ScheduleProblem unsupported) {
            remarks.add(String.valueOf(unsupported.getMessage()));
        }
        for (String queue : List.of(TaskQueues.LIGHT, TaskQueues.TRAINING)) {
            if (!Pollers.any(connection, queue)) {
                remarks.add(sentence(UnpolledQueues.sentence(queue)));
            }
        }
        return new ServerFacts(
                connection.server().address(),
                open,
                newest,
                monitors,
                schedules,
                Pollers.any(connection, TaskQueues.LIGHT) ? questions(link, connection, open, remarks) : List.of(),
                remarks);
    }

    /** The name of a run's pipeline; the run's id where the server does not know the attribute. */
    static String pipeline(RunRow run, String suffix) {
        String name = run.pipeline();
        String id = run.workflowId();
        return name != null ? name : id.endsWith(suffix) ? id.substring(0, id.length() - suffix.length()) : id;
    }

    /** The open runs of a pipeline, newest first. */
    List<RunRow> open(String pipeline) {
        return open.stream().filter(run -> pipeline(run, "").equals(pipeline)).toList();
    }

    private static Map<String, RunRow> byPipeline(List<RunRow> newestFirst, String suffix) {
        Map<String, RunRow> found = new HashMap<>();
        newestFirst.forEach(run -> found.putIfAbsent(pipeline(run, suffix), run));
        return found;
    }

    private static List<ApprovalQuestion> questions(
            ServerLink link, Connection connection, List<RunRow> open, List<String> remarks) {
        List<RunRow> asking = asking(open, remarks);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(QUESTIONS_MILLIS);
        List<Future<Optional<ApprovalQuestion>>> calls = asking.stream()
                .map(run -> link.begin(() -> question(link, connection, run)))
                .toList();
        List<ApprovalQuestion> found = new ArrayList<>();
        int silent = 0;
        for (Future<Optional<ApprovalQuestion>> call : calls) {
            Optional<ApprovalQuestion> answer = ServerLink.within(call, deadline);
            if (answer == null) {
                silent++;
            } else {
                answer.ifPresent(found::add);
            }
        }
        if (silent > 0) {
            remarks.add("Some runs did not say in time whether they wait for an approval. The page asks again.");
        }
        return found;
    }

    /** The runs that may ask a question, the oldest first, because their questions expire first. */
    static List<RunRow> asking(List<RunRow> newestFirst, List<String> remarks) {
        List<RunRow> asking = new ArrayList<>(newestFirst.stream()
                .filter(run -> run.stage() == null || Stage.DEPLOY.word().equals(run.stage()))
                .toList());
        Collections.reverse(asking);
        if (asking.size() <= MOST_QUESTIONS) {
            return asking;
        }
        remarks.add(String.format(
                Locale.ROOT,
                "%,d runs may wait for an approval; only the oldest %d are asked. Those after them are left out.",
                asking.size(),
                MOST_QUESTIONS));
        return asking.subList(0, MOST_QUESTIONS);
    }

    private static Optional<ApprovalQuestion> question(ServerLink link, Connection connection, RunRow run) {
        try {
            return ApprovalQuestion.of(
                    AskedModel.of(new RunHandle(connection, run.workflowId(), run.runId())),
                    link.page(connection, run.workflowId(), run.runId()));
        } catch (CliProblem notYet) {
            return Optional.empty();
        }
    }

    private static String sentence(String words) {
        return Character.toUpperCase(words.charAt(0)) + words.substring(1) + ".";
    }
}
