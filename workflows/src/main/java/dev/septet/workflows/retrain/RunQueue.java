package dev.septet.workflows.retrain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Whose turn it is among the runs of a pipeline: a retraining starts behind all others, and what a
 * schedule starts waits for a retraining. Whoever asks for a run is given it at once.
 *
 * @param all in the order in which they were heard of
 */
public record RunQueue(List<RunInProgress> all) {
    /** Nothing is under way. */
    public static final RunQueue NONE = new RunQueue(List.of());

    /** What the id of a pipeline's retraining ends with. */
    public static final String RETRAIN = "retrain";

    public RunQueue {
        all = all == null ? List.of() : List.copyOf(all); // a tolerant reader
    }

    /** The id of a pipeline's retraining, of which there is one at a time. */
    public static String retraining(String pipeline) {
        return pipeline + "/" + RETRAIN;
    }

    /** With one more; told twice, the later word counts. */
    public RunQueue begun(RunInProgress run) {
        return new RunQueue(
                Stream.concat(others(run.start().runId()), Stream.of(run)).toList());
    }

    /** Without the one that ended. */
    public RunQueue ended(String runId) {
        return new RunQueue(others(runId).toList());
    }

    /** The same, in which a run waits no longer. */
    public RunQueue going(RunInProgress run) {
        List<RunInProgress> same = new ArrayList<>(all);
        same.replaceAll(known -> known.is(run.start().runId()) ? known.going() : known);
        return new RunQueue(same);
    }

    /** Only those of which this holds. */
    public RunQueue only(Predicate<RunInProgress> holds) {
        return new RunQueue(all.stream().filter(holds).toList());
    }

    /** Those that wait for a retraining's end. */
    public List<RunInProgress> waiting() {
        return all.stream().filter(RunInProgress::waits).toList();
    }

    /** Whether the pipeline is retrained. */
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
