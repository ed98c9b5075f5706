package dev.septet.workflows.catalog;

import dev.septet.workflows.retrain.RunInProgress;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/** What the server knows of runs. */
@ActivityInterface
public interface RunActivities {
    /** Those that have not ended, in the same order. A run that was terminated told nobody. */
    @ActivityMethod(name = "StillUnderWay")
    List<RunInProgress> stillUnderWay(List<RunInProgress> runs);
}
