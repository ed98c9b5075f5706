package dev.septet.activities.monitor;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.Failures;
import dev.septet.activities.attempt.Heartbeats;
import dev.septet.activities.endpoint.EndpointModel;
import dev.septet.activities.monitor.detector.Detector;
import dev.septet.activities.monitor.log.AuditWindow;
import dev.septet.activities.monitor.prompt.PromptReader;
import dev.septet.activities.monitor.prompt.PromptReaders;
import dev.septet.activities.monitor.prompt.TokenizerOnly;
import dev.septet.activities.monitor.sample.Features;
import dev.septet.activities.monitor.sample.Proportion;
import dev.septet.activities.recover.RunRecords;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Feature;
import dev.septet.workflows.Progress;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.monitor.LogWindow;
import dev.septet.workflows.monitor.MonitorActivities;
import dev.septet.workflows.monitor.MonitorRequest;
import dev.septet.workflows.monitor.Observation;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The monitor stage on a worker. */
public final class MonitorActivitiesImpl implements MonitorActivities {
    private final ArtifactStore store;
    private final MonitoredLog log;
    private final PromptReaders readers;

    public MonitorActivitiesImpl(ArtifactStore store, MonitoredLog log, PromptReaders readers) {
        this.store = store;
        this.log = log;
        this.readers = readers;
    }

    @Override
    public Observation count(MonitorRequest request) {
        try {
            record(store, request);
            AuditWindow window = log.read(request);
            int rows = window.rows().size();
            boolean enough = rows >= request.spec().minimum();
            if (!enough) {
                MonitoredLog.logProblems(request, window);
            }
            return new Observation(rows, enough, window.from(), List.of())
                    .withReviewed(log.reviewedRows(request))
                    .withHead(log.head(request));
        } catch (Exception | Error problem) {
            throw Failures.of(problem);
        }
    }

    @Override
    public Observation observe(MonitorRequest request) {
        ActivityExecutionContext context = Activity.getExecutionContext();
        try (Heartbeats heartbeats = new Heartbeats(context)) {
            if (request.window() == null) {
                record(store, request);
            } // else the host has recorded it
            Observation observation = observe(request, heartbeats);
            LogWindow read = request.window();
            return read == null
                    ? observation.withReviewed(log.reviewedRows(request)).withHead(log.head(request))
                    : observation.withReviewed(read.reviewed()).withHead(read.head());
        } catch (Exception | Error problem) {
            throw Failures.of(problem);
        }
    }

    /** Records the state of the monitor, from which it can be started on an empty server. */
    static void record(ArtifactStore store, MonitorRequest request) {
        String workflowId =
                String.valueOf(Activity.getExecutionContext().getInfo().getWorkflowId());
        new RunRecords(store).watches(new RunRecords.Monitor(workflowId, request), Attempt.token(0));
    }

    private Observation observe(MonitorRequest request, Heartbeats heartbeats) throws IOException {
        // A check only reads: it takes no fencing token, so that ten thousand checks leave nothing behind.
        AuditWindow window = window(request);
        heartbeats.reportAndCheck(Progress.of("looking", 0, window.rows().size(), "rows"));
        CheckpointRef checkpoint = request.checkpoint();
        Path trained = store.fetch(checkpoint.artifact());
        Optional<EndpointModel> hosted = EndpointModel.read(trained);
        Path model = checkpoint.adapter() || hosted.isPresent()
                ? store.fetch(request.model().artifact())
                : trained;
        List<String> digests = List.of(
                request.model().artifact().sha256(),
                checkpoint.artifact().sha256(),
                SpecDigest.constant(request.setup().precision()));
        Fence fence = new Fence(request.run().runId() + "/baseline", Attempt.token(0));
        Baselines baselines = new Baselines(store, fence);
        Path training = store.fetch(request.dataset().artifact()).resolve("train.jsonl");
        String dataset = request.dataset().artifact().sha256();
        PromptReader opened = readers.open(
                model, checkpoint.adapter() ? trained : null, request.setup().precision());
        try (PromptReader reader = hosted.isPresent() ? new TokenizerOnly(opened) : opened) {
            return new DriftCheck(request.spec(), window).check(reader, requested -> {
                Features features = baselines.of(dataset, digests, training, requested, reader);
                return requested.contains(Feature.NEGATIVE_FEEDBACK)
                        ? features.with(
                                Feature.NEGATIVE_FEEDBACK,
                                baselines.feedback(
                                        dataset,
                                        digests,
                                        new Proportion(window.negative(), window.opinions()),
                                        Detector.fewest(DriftSpec.Detector.FEEDBACK)))
                        : features;
            });
        }
    }

    /** When machines share a store, the pipeline's host has already read the log. */
    private AuditWindow window(MonitorRequest request) throws IOException {
        LogWindow read = request.window();
        String sha256 = read == null ? null : read.sha256();
        return sha256 == null
                ? log.window(request)
                : new StoredWindows(store).get(request.run().pipeline(), sha256);
    }
}
