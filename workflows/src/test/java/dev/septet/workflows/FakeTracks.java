package dev.septet.workflows;

import dev.septet.workflows.track.RunMoment;
import dev.septet.workflows.track.TrackActivities;
import dev.septet.workflows.track.TrackRequest;
import dev.septet.workflows.track.TrackedIn;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers the states of runs that trackers got. */
final class FakeTracks implements TrackActivities {
    /** Each as {@code <tracker> <state> <number of stages>}. */
    final List<String> sent = new CopyOnWriteArrayList<>();

    final List<RunMoment> moments = new CopyOnWriteArrayList<>();

    /** No tracker can be reached. */
    volatile boolean away;

    @Override
    public TrackedIn track(TrackRequest request) {
        String tracker = request.spec().trackers().get(request.tracker()).written();
        if (away) {
            throw FailureType.BACKEND_FAILED.of("tracker 'team' cannot be reached");
        }
        RunMoment moment = request.moment();
        sent.add(tracker + " " + moment.state() + " " + moment.stages().size());
        moments.add(request.moment());
        return new TrackedIn(tracker, "http://mlflow.example.com/run", null);
    }
}
