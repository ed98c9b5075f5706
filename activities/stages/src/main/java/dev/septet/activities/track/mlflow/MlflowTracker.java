package dev.septet.activities.track.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.track.mlflow.MlflowApi.Run;
import dev.septet.activities.track.run.TrackedCurve;
import dev.septet.activities.track.run.TrackedRun;
import dev.septet.activities.track.run.TrackedRun.TrackedFile;
import dev.septet.activities.track.run.Tracker;
import dev.septet.activities.track.server.TrackerClient;
import dev.septet.dsl.pipeline.track.MlflowSpec;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.track.RunMoment;
import dev.septet.workflows.track.StageSpan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tracks a run on an MLflow server. Each action can be repeated: a run is found by its tag before it is created, a point of a
 * curve is not sent to a step that has one, and a version of a model is found by its run.
 */
public final class MlflowTracker implements Tracker {
    /** The tag by which a run is found. */
    static final String RUN_TAG = "septet.run";

    /** The ledger whose curves are complete on the server. */
    private static final String CURVES_TAG = "septet.curves";

    private static final Pattern RUN_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9/_-]{0,127}");

    /** MLflow's limits for one request, and for the length of a value. */
    private static final int MOST_METRICS = 1000;

    private static final int MOST_PARAMETERS = 100;
    private static final int LONGEST_PARAMETER = 500;
    private static final int LONGEST_TAG = 5000;

    /** Points of a curve, so that a long training is sent within an attempt. */
    private static final int MOST_POINTS = 2000;

    private final MlflowSpec spec;
    private final TrackerClient client;
    private final MlflowApi api;

    public MlflowTracker(MlflowSpec spec, TrackerClient client) {
        this.spec = spec;
        this.client = client;
        this.api = new MlflowApi(client);
    }

    @Override
    public String send(TrackedRun tracked) throws IOException, InterruptedException {
        if (!RUN_ID.matcher(tracked.runId()).matches()) {
            throw StageProblem.invalid("a run id has letters, digits, '-' and '/', so this run cannot be tracked");
        }
        String experiment = api.experiment(spec.experiment() == null ? tracked.pipeline() : spec.experiment());
        Run run = run(experiment, tracked);
        parameters(run, tracked);
        curves(run, tracked);
        scores(run, tracked);
        boolean stored = files(run, tracked);
        api.log(run, "tags", tags(tracked, stored));
        register(run, tracked);
        RunMoment moment = tracked.moment();
        api.update(run, status(moment.state()), moment.endedMillis());
        return "%s/#/experiments/%s/runs/%s".formatted(client.tracker().url(), experiment, run.id());
    }

    /** The run of this tag. Of two that two attempts created at once, only the older one stays. */
    private Run run(String experiment, TrackedRun tracked) throws IOException, InterruptedException {
        List<Run> found = api.runs(experiment, RUN_TAG, tracked.runId());
        if (!found.isEmpty()) {
            return found.get(0);
        }
        List<Map<String, String>> tags = List.of(
                Map.of("key", RUN_TAG, "value", tracked.runId()),
                Map.of("key", "mlflow.source.name", "value", "septet"),
                Map.of("key", "mlflow.source.type", "value", "JOB"));
        Run created = api.create(experiment, tracked.name(), tracked.moment().startedMillis(), tags);
        List<Run> all = api.runs(experiment, RUN_TAG, tracked.runId());
        if (all.isEmpty() || all.get(0).id().equals(created.id())) {
            return created;
        }
        api.delete(created);
        return all.get(0);
    }

    private void parameters(Run run, TrackedRun tracked) throws IOException, InterruptedException {
        List<Map<String, String>> all = new ArrayList<>();
        tracked.parameters()
                .forEach((name, value) -> all.add(Map.of("key", name, "value", cut(value, LONGEST_PARAMETER))));
        batches(run, "params", all, MOST_PARAMETERS);
    }

    private void curves(Run run, TrackedRun tracked) throws IOException, InterruptedException {
        var trained = tracked.results().checkpoint();
        if (trained == null
                || tracked.curves().isEmpty()
                || trained.ledger().sha256().equals(run.tags().get(CURVES_TAG))) {
            return;
        }
        List<Map<String, Object>> points = new ArrayList<>();
        for (TrackedCurve curve : tracked.curves()) {
            String name = "train/" + curve.name();
            Set<Long> sent = api.steps(run, name);
            for (TrackedCurve.Point point : curve.thinned(MOST_POINTS).points()) {
                if (!sent.contains((long) point.step())) {
                    points.add(metric(name, point.value(), point.millis(), point.step()));
                }
            }
        }
        batches(run, "metrics", points, MOST_METRICS);
        api.log(
                run,
                "tags",
                List.of(Map.of("key", CURVES_TAG, "value", trained.ledger().sha256())));
    }

    private void scores(Run run, TrackedRun tracked) throws IOException, InterruptedException {
        List<Map<String, Object>> scores = new ArrayList<>();
        for (var score : tracked.scores().entrySet()) {
            String name = score.getKey().replaceAll("[^A-Za-z0-9_. /-]", "_");
            if (!api.steps(run, name).contains(0L)) {
                scores.add(metric(name, score.getValue(), measured(tracked, name), 0));
            }
        }
        batches(run, "metrics", scores, MOST_METRICS);
    }

    private static long measured(TrackedRun tracked, String name) {
        return tracked.span(name.startsWith("train/") ? Stage.TRAIN : Stage.EVALUATE)
                .map(StageSpan::endedMillis)
                .orElse(tracked.moment().startedMillis());
    }

    private boolean files(Run run, TrackedRun tracked) throws IOException, InterruptedException {
        boolean stored = true;
        for (TrackedFile file : tracked.files()) {
            stored &= api.upload(run, file.name(), file.bytes());
        }
        return stored;
    }

    private static List<Map<String, String>> tags(TrackedRun tracked, boolean stored) {
        List<Map<String, String>> tags = new ArrayList<>();
        tracked.tags().forEach((name, value) -> tags.add(Map.of("key", name, "value", cut(value, LONGEST_TAG))));
        if (!stored) {
            tags.add(Map.of(
                    "key",
                    "septet.files",
                    "value",
                    "not sent: the server does not store artifacts itself (mlflow server --serve-artifacts)"));
        }
        return tags;
    }

    /** One version for each published model. Its source is the run, whose file says where the model is. */
    private void register(Run run, TrackedRun tracked) throws IOException, InterruptedException {
        DeploymentRef deployment = tracked.results().deployment();
        String model = spec.register();
        if (model == null || deployment == null) {
            return;
        }
        api.model(model);
        if (!api.versions(model, run).isEmpty()) {
            return;
        }
        String digest = deployment.artifact().sha256();
        List<Map<String, String>> tags = new ArrayList<>();
        tags.add(Map.of("key", "septet.run", "value", tracked.runId()));
        tags.add(Map.of("key", "septet.version", "value", digest));
        tags.add(Map.of("key", "septet.artifact", "value", deployment.artifact().uri()));
        for (int at = 0; at < deployment.published().size(); at++) {
            DeploymentRef.Published target = deployment.published().get(at);
            String place = target.type() + " " + target.location().replaceAll("//[^/@]*@", "//");
            tags.add(Map.of("key", "septet.published." + at, "value", cut(place, LONGEST_TAG)));
        }
        JsonNode created = api.version(Map.of(
                "name",
                model,
                "source",
                "runs:/" + run.id() + "/",
                "run_id",
                run.id(),
                "description",
                "Version %s of pipeline %s.".formatted(digest, tracked.pipeline()),
                "tags",
                tags));
        List<JsonNode> all = api.versions(model, run);
        if (all.size() > 1 && !all.get(0).path("version").equals(created.path("version"))) {
            api.delete(model, created.path("version").asText()); // another attempt was first
        }
    }

    private static Map<String, Object> metric(String name, double value, long millis, int step) {
        return Map.of("key", name, "value", value, "timestamp", millis, "step", step);
    }

    private void batches(Run run, String kind, List<?> all, int most) throws IOException, InterruptedException {
        for (int from = 0; from < all.size(); from += most) {
            api.log(run, kind, all.subList(from, Math.min(all.size(), from + most)));
        }
    }

    private static String status(RunMoment.State state) {
        return switch (state) {
            case RUNNING -> "RUNNING";
            case FINISHED -> "FINISHED";
            case FAILED -> "FAILED";
            case CANCELLED -> "KILLED";
        };
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 3) + "...";
    }
}
