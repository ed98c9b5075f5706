package dev.septet.workers.cli.run;

import dev.septet.workers.local.Pollers;
import dev.septet.workflows.TaskQueues;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Finds queues that a run needs now and that no worker polls. */
public final class UnpolledQueues {
    private UnpolledQueues() {}

    /** The names of the queues; none for an ended run. */
    public static List<String> of(RunHandle run, RunSnapshot snapshot) {
        TreeSet<String> needed = new TreeSet<>();
        if (!snapshot.running()) {
            return List.of();
        }
        if (snapshot.stages() == null) {
            needed.add(TaskQueues.LIGHT);
        }
        snapshot.activities().stream()
                .filter(LiveActivity::waiting)
                .map(activity -> run.queue(activity.workflowId()))
                .flatMap(Optional::stream)
                .forEach(needed::add);
        return needed.stream()
                .filter(queue -> !Pollers.any(run.connection(), queue))
                .toList();
    }

    /** The message about one queue. */
    public static String sentence(String queue) {
        if (TaskQueues.isHost(queue)) {
            return "no worker of the host that has the pipeline's files polls its task queue `%s`; start Septet there, or move the pipeline with `septet adopt`; `septet doctor` names the host"
                    .formatted(queue);
        }
        return "no worker polls the task queue `%s`; start one with `%s`".formatted(queue, command(queue));
    }

    private static String command(String queue) {
        return switch (queue) {
            case TaskQueues.LIGHT -> "septet worker --role light";
            case TaskQueues.TRAINING -> "septet worker --role training";
            default -> "septet worker --role training --queue " + queue;
        };
    }
}
