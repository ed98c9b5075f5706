package dev.septet.activities.track.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.report.RunHead;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.track.run.TrackedRun.TrackedFile;
import dev.septet.activities.train.LedgerLine;
import dev.septet.activities.train.TrainingLedger;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.track.RunMoment;
import dev.septet.workflows.track.StageSpan;
import dev.septet.workflows.track.TrackRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads what a tracker gets of a run from its results. */
public final class RunReader {
    private static final double MILLIS = 1000;
    private static final long MOST_BYTES = 8 << 20;

    /** Parts of {@code results.json} that have no label, no value of a row and no answer. */
    private static final Set<String> OPEN_RESULTS =
            Set.of("lineage", "rows", "scores", "power", "settings", "verdict", "version");

    private final ArtifactStore store;

    public RunReader(ArtifactStore store) {
        this.store = store;
    }

    /** The run of a request. */
    public TrackedRun read(TrackRequest request) throws IOException {
        PipelineReport results = request.results();
        TrackedRun bare = new TrackedRun(
                request.run().pipeline(),
                request.run().runId(),
                request.moment(),
                RunParameters.of(request.spec(), results.setup()),
                new TreeMap<>(),
                List.of(),
                new TreeMap<>(),
                List.of(),
                sources(request.spec()),
                results);
        List<LedgerLine> ledger = ledger(results);
        Optional<StageSpan> training = bare.span(Stage.TRAIN);
        return new TrackedRun(
                bare.pipeline(),
                bare.runId(),
                bare.moment(),
                bare.parameters(),
                tags(request, results),
                training.map(span -> TrainingCurves.of(ledger, span)).orElse(List.of()),
                scores(results, ledger, training),
                files(request),
                bare.sources(),
                results);
    }

    private List<LedgerLine> ledger(PipelineReport results) throws IOException {
        CheckpointRef trained = results.checkpoint();
        if (trained == null) {
            return List.of();
        }
        Path file = store.fetch(trained.ledger()).resolve(TrainingLedger.FILE);
        return Files.isRegularFile(file) ? TrainingLedger.read(file).lines() : List.of();
    }

    private static SortedMap<String, String> tags(TrackRequest request, PipelineReport results) {
        SortedMap<String, String> tags = new TreeMap<>();
        tags.put("septet.pipeline", request.run().pipeline());
        tags.put("septet.run", request.run().runId());
        tags.put("septet.workflow", request.moment().workflowId());
        tags.put("septet.spec", request.run().specDigest());
        tags.put("septet.trigger", request.moment().trigger().word());
        tags.put("septet.state", request.moment().state().name().toLowerCase(Locale.ROOT));
        if (results.dataset() != null) {
            tags.put("septet.dataset", results.dataset().artifact().sha256());
        }
        if (results.model() != null) {
            tags.put("septet.base", results.model().artifact().sha256());
            tags.put("septet.architecture", results.model().architecture());
        }
        CheckpointRef trained = results.checkpoint();
        if (trained != null) {
            tags.put("septet.trained", trained.artifact().sha256());
            tags.put("septet.stopped", trained.stopReason());
            String reused = trained.origin().reusedFrom();
            if (reused != null) {
                tags.put("septet.trainedBy", reused);
            }
        }
        EvaluationReport evaluation = results.evaluation();
        if (evaluation != null) {
            tags.put("septet.verdict", evaluation.verdict().name());
        }
        DeploymentRef deployment = results.deployment();
        if (deployment != null) {
            tags.put("septet.version", deployment.artifact().sha256());
        }
        String reason = request.moment().reason();
        if (reason != null) {
            tags.put("septet.failure", reason);
        }
        return tags;
    }

    private static SortedMap<String, Double> scores(
            PipelineReport results, List<LedgerLine> ledger, Optional<StageSpan> training) {
        SortedMap<String, Double> scores = new TreeMap<>();
        EvaluationReport evaluation = results.evaluation();
        for (Score score : evaluation == null ? List.<Score>of() : evaluation.scores()) {
            scores.put("eval/" + score.metric(), score.after());
            if (score.before() != null) {
                scores.put("eval/" + score.metric() + "_base", score.before());
            }
        }
        CheckpointRef trained = results.checkpoint();
        if (trained != null) {
            scores.put("train/final_loss", trained.finalLoss());
            if (training.isPresent()
                    && !trained.origin().reused()
                    && !training.get().reused()) {
                double seconds = (training.get().endedMillis() - training.get().startedMillis()) / MILLIS;
                long tokens = ledger.stream().mapToLong(LedgerLine::inputTokens).sum();
                if (tokens > 0 && seconds > 0) {
                    scores.put("train/tokens_per_second", tokens / seconds);
                }
            }
        }
        scores.values().removeIf(value -> !Double.isFinite(value));
        return scores;
    }

    private List<TrackedFile> files(TrackRequest request) throws IOException {
        PipelineReport results = request.results();
        List<TrackedFile> files = new ArrayList<>();
        EvaluationReport evaluation = results.evaluation();
        ArtifactRef page = results.page();
        if (evaluation != null) {
            Path folder = store.fetch(evaluation.artifact());
            Path found = folder.resolve("results.json");
            if (readable(found)) {
                files.add(new TrackedFile("results.json", open(SpecJson.mapper().readTree(found.toFile()))));
            }
            Path card = (page == null ? folder : store.fetch(page)).resolve("README.md");
            add("model-card.md", card, files);
        }
        if (page != null) {
            add("report.html", page(store.fetch(page), request), files);
        }
        files.sort(Comparator.comparing(TrackedFile::name));
        return files;
    }

    /** The page of a run. The page of a failed run quotes the failure, so a copy without it is sent, or nothing. */
    private static Path page(Path folder, TrackRequest request) {
        boolean failed = request.moment().state() == RunMoment.State.FAILED;
        return folder.resolve(failed ? RunHead.TRACKED : RunHead.PAGE);
    }

    private static void add(String name, Path file, List<TrackedFile> files) throws IOException {
        if (readable(file)) {
            files.add(new TrackedFile(name, Files.readAllBytes(file)));
        }
    }

    private static boolean readable(Path file) throws IOException {
        return Files.isRegularFile(file) && Files.size(file) <= MOST_BYTES;
    }

    private static byte[] open(JsonNode results) throws IOException {
        ObjectNode open = SpecJson.mapper().createObjectNode();
        results.properties().stream()
                .filter(field -> OPEN_RESULTS.contains(field.getKey()))
                .forEach(field -> open.set(field.getKey(), field.getValue()));
        return SpecJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(open);
    }

    private static List<String> sources(PipelineSpec spec) {
        List<String> all = new ArrayList<>();
        if (spec.prepare().dataset() != null) {
            all.add(spec.prepare().dataset());
        }
        if (spec.prepare().pipeline() != null) {
            all.add("pipeline " + spec.prepare().pipeline());
        }
        spec.prepare().sources().forEach(source -> all.add(source.name()));
        return all;
    }
}
