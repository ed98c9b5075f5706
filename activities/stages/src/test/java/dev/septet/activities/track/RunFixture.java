package dev.septet.activities.track;

import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencingToken;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.LedgerLine;
import dev.septet.activities.train.TrainingLedger;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workflows.FailureCauses;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.ChainReport;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.retrain.Trigger;
import dev.septet.workflows.track.RunMoment;
import dev.septet.workflows.track.StageSpan;
import dev.septet.workflows.track.TrackRequest;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A run with a store, at the four moments at which trackers get it. */
final class RunFixture {
    static final String RUN = "0199c5a0-77aa-7000-8000-0123456789ab";

    /** A text of rows, prompts, answers and secrets, which no tracker may get. */
    static final String PRIVATE = "never-send-this";

    static final int STEPS = 40;
    static final long START = 1_790_000_000_000L;
    private static final int MINUTE = 60_000;
    private static final Origin ORIGIN = new Origin("0".repeat(64), null, "computed");

    private final LocalStore store;
    private final Path folder;
    private final PipelineSpec spec;
    private final PipelineReport whole;
    private final ArtifactRef failedPage;
    private final ArtifactRef earlierPage;

    RunFixture(Path folder, String track) throws IOException {
        this.folder = Files.createDirectories(folder.resolve("pipelines"));
        store = new LocalStore(folder.resolve("store"));
        spec = spec(track);
        DatasetRef dataset =
                new DatasetRef(put("dataset", Map.of("train.jsonl", PRIVATE)), 90, 5, 5, 900, 30, 0, 0, 0, ORIGIN);
        ArtifactRef model = put("model", Map.of("config.json", "{}"));
        ArtifactRef exam = put(
                "exam",
                Map.of(
                        "results.json",
                        "{\"scores\": [{\"metric\": \"exactMatch\"}], \"labels\": \"" + PRIVATE
                                + "\", \"verdict\": \"GO\"}",
                        "README.md",
                        "# support",
                        "report.html",
                        PRIVATE,
                        "predictions.jsonl",
                        PRIVATE));
        ArtifactRef page = put("page", Map.of("run.html", "<p>facts</p>", "run.json", PRIVATE, "README.md", "# card"));
        failedPage = put("failed", Map.of("run.html", PRIVATE, "tracked.html", "<p>facts</p>", "run.json", PRIVATE));
        earlierPage = put("earlier", Map.of("run.html", PRIVATE, "run.json", PRIVATE));
        whole = new PipelineReport(
                        null,
                        dataset,
                        new ModelRef(model, "LlamaForCausalLM", 1_000_000, 4, "apache-2.0", 10_000, 1, ORIGIN),
                        null,
                        new CheckpointRef(model, true, ledger(), STEPS, 0.5, null, "all steps done", ORIGIN),
                        new EvaluationReport(
                                Verdict.GO,
                                List.of(new Score("exactMatch", 0.2, 0.9, 0.6, 0.8, 100, Verdict.GO, PRIVATE)),
                                exam,
                                null,
                                ORIGIN,
                                PRIVATE),
                        new DeploymentRef(
                                model,
                                List.of(new DeploymentRef.Published(
                                        "s3", "https://user:" + PRIVATE + "@s3.example.com/b")),
                                null,
                                ChainReport.EMPTY,
                                List.of(),
                                ORIGIN),
                        null,
                        List.of())
                .with(page);
    }

    LocalStore store() {
        return store;
    }

    Path folder() {
        return folder;
    }

    /** The run at its start, after its training, after its evaluation and at its end. */
    List<TrackRequest> moments() {
        List<StageSpan> spans = new ArrayList<>();
        long from = START;
        for (Stage stage : Stage.values()) {
            if (stage != Stage.MONITOR) {
                spans.add(new StageSpan(stage, from, from + MINUTE, false, false));
                from += MINUTE;
            }
        }
        return List.of(
                request(RunMoment.State.RUNNING, List.of(), PipelineReport.NOTHING, null),
                request(RunMoment.State.RUNNING, spans.subList(0, 4), whole.before(Stage.EVALUATE), null),
                request(RunMoment.State.RUNNING, spans.subList(0, 5), whole.before(Stage.DEPLOY), null),
                request(RunMoment.State.FINISHED, spans, whole, null));
    }

    TrackRequest end() {
        return moments().get(3);
    }

    /** A run that failed, whose page quotes the failure. */
    TrackRequest failed() {
        StageSpan train = new StageSpan(Stage.TRAIN, START, START + MINUTE, false, true);
        return request(RunMoment.State.FAILED, List.of(train), whole.with(failedPage), "OutOfMemory");
    }

    /** A run that failed before the upgrade of its worker: its page has no copy for trackers. */
    TrackRequest failedEarlier() {
        return request(
                RunMoment.State.FAILED,
                List.of(),
                whole.with(earlierPage),
                FailureCauses.type(ApplicationFailure.newFailure(PRIVATE, PRIVATE + " in a row")));
    }

    private TrackRequest request(
            RunMoment.State state, List<StageSpan> spans, PipelineReport results, @Nullable String failureType) {
        RunMoment moment = new RunMoment(
                state,
                START,
                state == RunMoment.State.RUNNING ? null : (Long) (START + 10L * MINUTE),
                "support",
                Trigger.REQUEST,
                spans,
                failureType);
        RunRef run = new RunRef("support", RUN, folder.toString(), "5".repeat(64)).withTicket(PRIVATE);
        return new TrackRequest(run, spec, 0, results, moment);
    }

    private static PipelineSpec spec(String track) {
        String text = """
            pipeline('support') {
                track %s
                notify webhook('https://chat.example.com/%s'), on: failed
                description '%s'
                prepare { dataset 'data/rows.jsonl' }
                initialize { model 'models/base' }
                train {
                    method lora { rank 8 }
                    learningRate cosine(peak: 1e-4)
                    by command('trl', system: '%s', packing: true)
                }
            }
            """.formatted(track, PRIVATE, PRIVATE, PRIVATE);
        var compiled = PipelineCompiler.compile(PipelineSource.of("p.groovy", text), Map.of());
        return compiled.spec().orElseThrow(() -> new IllegalStateException(compiled.printed()));
    }

    private ArtifactRef ledger() throws IOException {
        TrainingLedger ledger = new TrainingLedger();
        for (int step = 0; step < STEPS; step++) {
            ledger.add(LedgerLine.outside(step, step / 20, "engine", 2.0 / (step + 1), 1e-4, 0.5, 100));
            if (step % 20 == 19) {
                ledger.validated(3.0 / (step + 1));
            }
        }
        Path made = Files.createDirectories(folder.resolve("made/ledger"));
        ledger.writeTo(made.resolve(TrainingLedger.FILE));
        return stored(made, "ledger");
    }

    private ArtifactRef put(String name, Map<String, String> files) throws IOException {
        Path made = Files.createDirectories(folder.resolve("made").resolve(name));
        for (var file : files.entrySet()) {
            Files.writeString(made.resolve(file.getKey()), file.getValue());
        }
        return stored(made, name);
    }

    private ArtifactRef stored(Path made, String name) throws IOException {
        Fence fence = new Fence("setup/" + name, new FencingToken(1, 1));
        store.open(fence);
        ArtifactRef ref = store.put(made, fence);
        store.release(fence);
        return ref;
    }
}
