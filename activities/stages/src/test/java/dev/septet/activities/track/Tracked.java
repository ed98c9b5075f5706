package dev.septet.activities.track;

import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.track.server.DeclaredTrackers;
import dev.septet.workflows.track.TrackActivities;
import dev.septet.workflows.track.TrackRequest;
import dev.septet.workflows.track.TrackedIn;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The activity as a worker runs it, one attempt at a time. */
final class Tracked implements AutoCloseable {
    private final TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    private final TrackActivities activities;

    Tracked(RunFixture run, DeclaredTrackers trackers) {
        PipelineFiles files = new PipelineFiles(
                new ActivitySettings(run.folder().resolveSibling("store"), List.of(run.folder()), List.of()));
        environment.registerActivitiesImplementations(new TrackActivitiesImpl(run.store(), files, trackers));
        activities = environment.newActivityStub(
                TrackActivities.class,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(Duration.ofMinutes(1))
                        .setRetryOptions(
                                RetryOptions.newBuilder().setMaximumAttempts(1).build())
                        .build());
    }

    /** An operator's file with one server. */
    static DeclaredTrackers operator(Path folder, String type, URI url, String... more) throws IOException {
        Path file = folder.resolve("operator.yaml");
        Files.writeString(
                file,
                "trackers:\n  team:\n    type: %s\n    url: %s\n    pipelines: [support]\n%s"
                        .formatted(type, url, String.join("", more)));
        return new DeclaredTrackers(file, Map.of("TEAM_TOKEN", "the-token"));
    }

    static DeclaredTrackers none() {
        return new DeclaredTrackers(null, Map.of());
    }

    TrackedIn send(TrackRequest request) {
        return activities.track(request);
    }

    @Override
    public void close() {
        environment.close();
    }
}
