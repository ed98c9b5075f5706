package dev.septet.activities.monitor;

import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.monitor.detector.Detector;
import dev.septet.activities.monitor.log.AuditLog;
import dev.septet.activities.monitor.log.AuditWindow;
import dev.septet.activities.monitor.log.ChainedLog;
import dev.septet.activities.monitor.prompt.PromptReader;
import dev.septet.activities.monitor.prompt.PromptReaders;
import dev.septet.activities.monitor.sample.Features;
import dev.septet.activities.monitor.sample.Share;
import dev.septet.activities.review.ReviewedRows;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.support.Failures;
import dev.septet.activities.support.Heartbeats;
import dev.septet.activities.support.PipelineFiles;
import dev.septet.activities.support.StageProblem;
import dev.septet.dsl.spec.DriftSpec;
import dev.septet.dsl.spec.DriftSpec.Feature;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.monitor.AuditHead;
import dev.septet.workflows.monitor.MonitorActivities;
import dev.septet.workflows.monitor.MonitorRequest;
import dev.septet.workflows.monitor.Observation;

import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Stage 7 on a worker. */
public final class MonitorActivitiesImpl implements MonitorActivities {
    private static final Logger LOG = LoggerFactory.getLogger(MonitorActivitiesImpl.class);

    private final ArtifactStore store;
    private final PipelineFiles files;
    private final AuditLogs logs;
    private final PromptReaders readers;
    private final ReviewedRows reviewed;

    public MonitorActivitiesImpl(
            ArtifactStore store,
            PipelineFiles files,
            AuditLogs logs,
            PromptReaders readers,
            ReviewedRows reviewed) {
        this.reviewed = reviewed;
        this.store = store;
        this.files = files;
        this.logs = logs;
        this.readers = readers;
    }

    @Override
    public Observation observe(MonitorRequest request) {
        ActivityExecutionContext context = Activity.getExecutionContext();
        try (Heartbeats heartbeats = new Heartbeats(context)) {
            return observe(request, heartbeats, context.getInfo().getAttempt())
                    .knowing(reviewed.count(request.run().pipeline()))
                    .noting(head(request));
        } catch (Exception | Error problem) {
            throw Failures.of(problem);
        }
    }

    private Observation observe(MonitorRequest request, Heartbeats heartbeats, int attempt)
            throws IOException {
        // A look is a read: it takes no fence, so that ten thousand looks leave nothing behind.
        AuditWindow window = window(request);
        tell(request, window);
        heartbeats.beat(Progress.of("looking", 0, window.rows().size(), "rows"));
        CheckpointRef checkpoint = request.checkpoint();
        Path trained = store.fetch(checkpoint.artifact());
        Path model = checkpoint.adapter() ? store.fetch(request.model().artifact()) : trained;
        List<String> digests =
                List.of(
                        request.model().artifact().sha256(),
                        checkpoint.artifact().sha256(),
                        request.setup().precision().name());
        Fence fence = new Fence(request.run().runId() + "/baseline", attempt);
        Baselines baselines = new Baselines(store, fence);
        Path training = store.fetch(request.dataset().artifact()).resolve("train.jsonl");
        String dataset = request.dataset().artifact().sha256();
        try (PromptReader reader =
                readers.open(
                        model,
                        checkpoint.adapter() ? trained : null,
                        request.setup().precision())) {
            return new Watch(request.spec(), window)
                    .look(
                            reader,
                            wanted -> {
                                Features features =
                                        baselines.of(dataset, digests, training, wanted, reader);
                                return wanted.contains(Feature.NEGATIVE_FEEDBACK)
                                        ? features.with(
                                                Feature.NEGATIVE_FEEDBACK,
                                                baselines.opinions(
                                                        dataset,
                                                        digests,
                                                        new Share(
                                                                window.negative(),
                                                                window.opinions()),
                                                        Detector.fewest(
                                                                DriftSpec.Detector.FEEDBACK)))
                                        : features;
                            });
        }
    }

    /** In the history, away from the log, it shows later that lines are missing. */
    private @Nullable AuditHead head(MonitorRequest request) throws IOException {
        return request.spec().log() == null
                ? logs.head(request.run().pipeline()).orElse(null)
                : null;
    }

    /** The log need not be there yet: nobody may have asked the model anything. */
    private AuditWindow window(MonitorRequest request) throws IOException {
        try {
            String log = request.spec().log();
            String pipeline = request.run().pipeline();
            if (log == null) {
                return new ChainedLog(logs.reader(pipeline), pipeline, request.spec().minimum())
                        .read(request.cursor());
            }
            Path path = files.read(request.run(), log);
            return Files.isDirectory(path)
                    ? new ChainedLog(logs.reader(path), pipeline, request.spec().minimum())
                            .read(request.cursor())
                    : new AuditLog(path).read(request.cursor());
        } catch (StageProblem absent) {
            if (absent.type() != FailureType.INVALID_PIPELINE) {
                throw absent;
            }
            return AuditWindow.none(request.cursor());
        }
    }

    private static void tell(MonitorRequest request, AuditWindow window) {
        if (window.restarted()) {
            LOG.warn(
                    "{}: is no longer the log that was read up to byte {}; it was rotated or cut,"
                            + " so this look begins at its start",
                    request.spec().watched(),
                    request.cursor());
        }
        if (window.rejected() > 0) {
            LOG.warn(
                    "{}: {} lines hold no prompt (expected a JSON object with \"prompt\" or"
                            + " \"messages\") and were passed over",
                    request.spec().watched(),
                    window.rejected());
        }
    }
}
