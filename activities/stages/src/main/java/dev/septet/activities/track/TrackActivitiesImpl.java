package dev.septet.activities.track;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.track.mlflow.MlflowTracker;
import dev.septet.activities.track.run.RunReader;
import dev.septet.activities.track.run.TrackedRun;
import dev.septet.activities.track.run.Tracker;
import dev.septet.activities.track.server.DeclaredTracker;
import dev.septet.activities.track.server.DeclaredTrackers;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.track.MlflowSpec;
import dev.septet.dsl.pipeline.track.TrackerSpec;
import dev.septet.workflows.track.TrackActivities;
import dev.septet.workflows.track.TrackRequest;
import dev.septet.workflows.track.TrackedIn;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/** Sends runs to trackers. */
public final class TrackActivitiesImpl implements TrackActivities {
    private static final StagePolicy POLICY = StagePolicy.within(Duration.ofMinutes(1));

    private final ArtifactStore store;
    private final PipelineFiles files;
    private final DeclaredTrackers servers;

    public TrackActivitiesImpl(ArtifactStore store, PipelineFiles files, DeclaredTrackers servers) {
        this.store = store;
        this.files = files;
        this.servers = servers;
    }

    @Override
    public TrackedIn track(TrackRequest request) {
        TrackerSpec spec = request.spec().trackers().get(request.tracker());
        String name = String.format(Locale.ROOT, "track-%d", request.tracker());
        return Attempt.of(store, request.run(), name, POLICY, attempt -> {
            Tracker tracker = tracker(spec, request, attempt);
            return new TrackedIn(spec.written(), tracker.send(new RunReader(store).read(request)), null);
        });
    }

    private Tracker tracker(TrackerSpec spec, TrackRequest request, Attempt attempt) throws IOException {
        String where = "track " + spec.written();
        String pipeline = request.run().pipeline();
        if (spec instanceof MlflowSpec mlflow) {
            return new MlflowTracker(
                    mlflow,
                    servers.client(servers.tracker(where, mlflow.tracker(), DeclaredTracker.Type.MLFLOW, pipeline)));
        } else if (spec instanceof ExtensionSpec.ForTracker own) {
            return run -> sendTo(own.extension(), run);
        }
        throw StageProblem.invalid("this worker cannot track runs in " + spec.written());
    }

    private static String sendTo(ExtensionSpec used, TrackedRun run) throws IOException, InterruptedException {
        TrackerExtension tracker = Extensions.of(used, ExtensionWord.Kind.TRACKER, TrackerExtension.class);
        try {
            return Extensions.<String, Exception>run(
                    ExtensionWord.Kind.TRACKER, used, StageProblem.class, () -> tracker.send(used, run));
        } catch (IOException | InterruptedException | RuntimeException known) {
            throw known;
        } catch (Exception other) {
            throw new IOException(other);
        }
    }
}
