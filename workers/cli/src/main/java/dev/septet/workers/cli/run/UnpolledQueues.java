package dev.septet.workers.cli.run;

import dev.septet.workers.deployment.MissingWorkers;
import dev.septet.workers.deployment.VersionState;
import dev.septet.workers.version.WorkerVersion;
import dev.septet.workflows.TaskQueues;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Finds queues that a run needs now and that no worker polls. */
public final class UnpolledQueues {
    private UnpolledQueues() {}

    /** The queues; none for an ended run. */
    public static List<MissingWorkers> of(RunHandle run, RunSnapshot snapshot) {
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
                .map(queue -> MissingWorkers.in(run.connection(), queue, snapshot.version()))
                .flatMap(Optional::stream)
                .toList();
    }

    /** The message about one queue that a run needs. */
    public static String sentence(String run, MissingWorkers missing) {
        String queue = missing.queue();
        WorkerVersion version = missing.version();
        WorkerVersion idle = missing.idle();
        if (version != null && missing.pinned()) {
            return "the run is pinned to version %s, but none of its workers polls the task queue `%s`. %s"
                    .formatted(version.text(), queue, VersionState.remedy(version, run));
        }
        if (version != null) {
            return "version %s is current, but none of its workers polls the task queue `%s`; start one with `%s --build-id %s`, or make another version current with `septet workers current BUILD`"
                    .formatted(version.text(), queue, command(queue), version.buildId());
        }
        if (idle != null) {
            return "workers of version %1$s poll the task queue `%2$s`, but no version is current; `septet workers current %3$s` lets them take runs"
                    .formatted(idle.text(), queue, idle.buildId());
        }
        return sentence(queue);
    }

    /** The message about a queue that no worker polls, of whatever version. */
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
