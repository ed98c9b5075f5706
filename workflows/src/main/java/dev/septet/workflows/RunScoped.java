package dev.septet.workflows;

import java.util.List;

/**
 * What an activity is asked on behalf of a run. A worker checks the run's ticket and these parts of
 * its file before any activity begins.
 */
public interface RunScoped {
    /** The run that asks. */
    RunRef run();

    /** The parts of the pipeline's spec that the request holds, as the run's file says them. */
    List<Object> specs();
}
