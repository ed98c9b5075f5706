package dev.septet.workflows.retrain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The order of a pipeline's runs. A retraining starts after all others, and a scheduled run waits for a retraining. A
 * requested run starts at once.
 *
 * @param all the runs in the order of their announcements
 */
public record RunQueue(List<RunInProgress> all) {
    /** An empty queue. */
    public static final RunQueue NONE = new RunQueue(List.of());

    /** The suffix of the id of a pipeline's retraining. */
    public static final String RETRAIN = "retrain";

    public RunQueue {
        all = all == null ? List.of() : List.copyOf(all); // lenient reader
    }

    /** The id of a pipeline's retraining. There is one at a time. */
    public static String retraining(String pipeline) {
        return pipeline + "/" + RETRAIN;
    }

    /** Adds a run; a later announcement of the same run replaces the earlier one. */
    public RunQueue add(RunInProgress run) {
        return new RunQueue(
                Stream.concat(others(run.start().runId()), Stream.of(run)).toList());
    }

    /** Removes the run that ended. */
    public RunQueue ended(String runId) {
        return new RunQueue(others(runId).toList());
    }

    /** The same queue, in which the run does not wait any more. */
    public RunQueue continuing(RunInProgress run) {
        List<RunInProgress> same = new ArrayList<>(all);
        same.replaceAll(known -> known.is(run.start().runId()) ? known.continuing() : known);
        return new RunQueue(same);
    }

    /** Only the runs for which the predicate holds. */
    public RunQueue only(Predicate<RunInProgress> holds) {
        return new RunQueue(all.stream().filter(holds).toList());
    }

    /** The runs that wait for the end of a retraining. */
    public List<RunInProgress> waiting() {
        return all.stream().filter(RunInProgress::waits).toList();
    }

    /** Whether a retraining of the pipeline is in progress. */
    public boolean retrains(String pipeline) {
        return all.stream().anyMatch(run -> run.workflowId().equals(retraining(pipeline)));
    }

    /** Why no retraining may start; empty when one may. */
    public String objection(String pipeline) {
        if (retrains(pipeline)) {
            return "a retraining is under way";
        }
        Optional<RunInProgress> first = all.stream().findFirst();
        return first.map(run -> "the run `%s` is under way".formatted(run.workflowId()))
                .orElse("");
    }

    private Stream<RunInProgress> others(String runId) {
        return all.stream().filter(run -> !run.is(runId));
    }
}
