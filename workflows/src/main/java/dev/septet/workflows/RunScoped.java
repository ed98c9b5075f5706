package dev.septet.workflows;

import java.util.List;

/**
 * The input of an activity that works for a run. Before the activity begins, a worker checks the run's ticket and these
 * parts of its file.
 */
public interface RunScoped {
    /** The run that the activity works for. */
    RunRef run();

    /** The parts of the pipeline's spec in the request, as declared in the run's file. */
    List<Object> specs();
}
