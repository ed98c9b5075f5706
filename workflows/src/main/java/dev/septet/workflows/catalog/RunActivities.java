package dev.septet.workflows.catalog;

import dev.septet.workflows.retrain.RunInProgress;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/** Activities that ask the server about runs. */
@ActivityInterface
public interface RunActivities {
    /**
     * The runs that have not ended, in the same order. The server must be asked, because a terminated run cannot
     * announce its end.
     */
    @ActivityMethod(name = "StillUnderWay")
    List<RunInProgress> stillUnderWay(List<RunInProgress> runs);
}
