package dev.septet.activities.track;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.track.lineage.LineageTracker;
import dev.septet.activities.track.mlflow.MlflowTracker;
import dev.septet.activities.track.run.RunReader;
import dev.septet.activities.track.run.TrackedRun;
import dev.septet.activities.track.run.Tracker;
import dev.septet.activities.track.server.DeclaredTracker;
import dev.septet.activities.track.server.DeclaredTrackers;
import dev.septet.activities.track.tensorboard.TensorBoardTracker;
import dev.septet.activities.track.wandb.WandbTracker;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.track.MlflowSpec;
import dev.septet.dsl.pipeline.track.OpenLineageSpec;
import dev.septet.dsl.pipeline.track.TensorBoardSpec;
import dev.septet.dsl.pipeline.track.TrackerSpec;
import dev.septet.dsl.pipeline.track.WandbSpec;
import dev.septet.workflows.track.TrackActivities;
import dev.septet.workflows.track.TrackRequest;
import dev.septet.workflows.track.TrackedIn;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

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
        } else if (spec instanceof TensorBoardSpec board) {
            return new TensorBoardTracker(files.write(request.run(), board.path()), store.scratch(attempt.fence()));
        } else if (spec instanceof WandbSpec wandb) {
            String project = wandb.project() == null ? "" : wandb.project();
            return new WandbTracker(files.write(request.run(), wandb.path()), project, store.scratch(attempt.fence()));
        } else if (spec instanceof OpenLineageSpec lineage) {
            return lineage(lineage, where, request, attempt);
        } else if (spec instanceof ExtensionSpec.ForTracker own) {
            return run -> sendTo(own.extension(), run);
        }
        throw StageProblem.invalid("this worker cannot track runs in " + spec.written());
    }

    private Tracker lineage(OpenLineageSpec spec, String where, TrackRequest request, Attempt attempt)
            throws IOException {
        String tracker = spec.tracker();
        if (tracker == null) {
            return LineageTracker.folder(
                    files.write(request.run(), Objects.requireNonNull(spec.path())),
                    spec.jobs(),
                    store.scratch(attempt.fence()));
        }
        String pipeline = request.run().pipeline();
        return LineageTracker.server(
                servers.client(servers.tracker(where, tracker, DeclaredTracker.Type.OPENLINEAGE, pipeline)),
                spec.jobs(),
                store,
                attempt.fence(),
                String.format(Locale.ROOT, "tracking/%s/%d", request.run().runId(), request.tracker()));
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
