package dev.septet.workers.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.deploy.TargetCheck;
import dev.septet.activities.evaluate.form.FormSpeed;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.prepare.DatasetCard;
import dev.septet.activities.prepare.DatasetPreview;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.setup.SetupActivitiesImpl;
import dev.septet.activities.source.RemoteSources;
import dev.septet.activities.source.ReviewedFile;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.command.OutsideTrainers;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.setup.PreflightReport;
import dev.septet.workflows.setup.SetupRequest;
import dev.septet.workflows.setup.WorkerProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlannerTest {
    private static final String NONE = "0".repeat(64);
    private static final Path QUICKSTART =
            Path.of("../../examples/quickstart").toAbsolutePath().normalize();

    @TempDir
    private Path folder = Path.of("");

    /** What frozen layers put out is kept of the validation split too. */
    @Test
    void countsTokensOfBothSplitsThatATrainingReads() {
        assertThat(RunEstimate.tokensRead(dataset(100, 20, 3000))).isEqualTo(3600);
        assertThat(RunEstimate.tokensRead(dataset(100, 0, 3000))).isEqualTo(3000);
        assertThat(RunEstimate.tokensRead(dataset(0, 20, 0))).isZero();
    }

    /** How many evaluations epochs give is known once the data is prepared. */
    @Test
    void saysWhyAStopCannotEndATrainingEarly() {
        TrainSpec epochs = train("epochs 3; validate every: 50.steps; stop patience: 3");
        assertThat(RunEstimate.idleStop(epochs, null)).isNull();
        assertThat(RunEstimate.idleStop(epochs, 201L)).isNull();
        assertThat(RunEstimate.idleStop(epochs, 200L))
                .isEqualTo("`stop patience: 3` cannot end the training early: it needs 4 evaluations"
                        + " before the last step, but 200 steps with one every 50 have 3");
        assertThat(RunEstimate.idleStop(train("epochs 3"), 10L)).isNull();
        TrainSpec steps = train("steps 100; stop patience: 3");
        assertThat(RunEstimate.idleStop(steps, 100L))
                .as("the file's own remark says it")
                .isNull();
    }

    private static TrainSpec train(String words) {
        String file = """
            pipeline('p') {
                prepare { dataset 'rows.jsonl' }
                initialize { model 'base' }
                train { method lora(); %s }
            }
            """.formatted(words);
        return PipelineCompiler.compile(PipelineSource.of("p.groovy", file), Map.of())
                .spec()
                .orElseThrow()
                .train();
    }

    @Test
    void readsDataThatNoRunHasPrepared() throws IOException {
        RunForecast plan = plan(spec(3));
        DatasetPreview data = Objects.requireNonNull(plan.data());
        assertThat(data.splits()).isEqualTo(new DatasetPreview.Splits(2723, 89, 148));
        assertThat(plan.stepsPerEpoch()).isEqualTo((2723 + 15) / 16);
        assertThat(plan.steps()).isEqualTo(3L * ((2723 + 15) / 16));
        assertThat(plan.trainSeconds()).isNull();
        assertThat(plan.measuredBy()).isNull();
        assertThat(folder).as("nothing is written").isEmptyDirectory();
    }

    @Test
    void countsTheGeneralRowsThatAnEpochReplays() throws IOException {
        RunForecast plan = plan(spec(3, "size: 16; preserve replay: 20.percent, from: 'data/general.jsonl'"));
        DatasetPreview data = Objects.requireNonNull(plan.data());
        DatasetCard.General general = Objects.requireNonNull(data.general());
        assertThat(general.rows()).isEqualTo(200);
        double learned = Objects.requireNonNull(data.tokens()).trainLoss();
        long replayed = Math.round(0.25 * learned * general.rows() / general.lossTokens());
        assertThat(plan.stepsPerEpoch()).isEqualTo((2723 + replayed + 15) / 16);
    }

    @Test
    void takesTheLastMeasuredStepOfThePipelineWhereOnlyTheDataDiffers() throws IOException {
        measured(spec(3), 0.5);
        RunForecast plan = plan(spec(3));
        long steps = Objects.requireNonNull(plan.steps());
        assertThat(plan.trainSeconds()).isCloseTo(steps * 0.5, within(1e-9));
        assertThat(plan.measuredBy()).isEqualTo("earlier");

        RunForecast larger = plan(spec(3, "size: 8"));
        assertThat(larger.trainSeconds()).as("another batch takes another time").isNull();
    }

    @Test
    void estimatesTokensAndCostOfAService() throws IOException {
        Path file = Files.writeString(
                folder.resolve("trainers.yaml"),
                "endpoints: {azure: {url: 'https://a.example/v1', models: [small], prices: {small: 3.0}}}\n");
        PipelineSpec spec = service("metric exactMatch");

        RunForecast plan = plan(spec, new OutsideTrainers(file, folder.resolve("runs")));

        RunForecast.ServiceForecast service = Objects.requireNonNull(plan.service());
        long tokens = Objects.requireNonNull(service.tokens());
        double learned = Objects.requireNonNull(
                        Objects.requireNonNull(plan.data()).tokens())
                .train();
        assertThat(tokens).isEqualTo(3 * (long) learned).isGreaterThan(100_000);
        assertThat(service.cost()).isEqualTo(tokens * 3.0 / 1e6);
        assertThat(service.currency()).isEqualTo("USD");
        assertThat(plan.steps()).as("the service decides the rows of a step").isNull();

        RunForecast unknown = plan(spec, new OutsideTrainers(null, folder.resolve("runs")));
        assertThat(Objects.requireNonNull(unknown.service()).cost()).isNull();
    }

    @Test
    void countsTheAnswersOfQuantizedForms() throws IOException {
        String file = """
            pipeline('quickstart') {
                prepare { dataset 'data/tickets.jsonl', format: chat; maxBadRows 5; maxTokens 256 }
                initialize { model 'base-model' }
                train { method lora() }
                evaluate { metric loss; limit 100; test 'data/general.jsonl' }
                deploy { quantize q8_0; quantize q4_0; target directory('models/tuned')%s }
            }
            """;
        assertThat(plan(compiled(file.formatted(""))).formExam()).isNull();
        PipelineSpec spec = compiled(file.formatted("; exam maxDrop: 2.percent"));
        FormExamForecast exam = Objects.requireNonNull(plan(spec).formExam());
        assertThat(exam).isEqualTo(new FormExamForecast(3, 300L, 900L, null, null, new TreeMap<>()));
        assertThat(exam.words(String::valueOf))
                .isEqualTo(
                        "3 forms answer 300 rows each: 900 further answers; their time is known after the first exam");

        new FormSpeed("earlier", Map.of("q8_0", new FormSpeed.Pace(10, 50, 5)))
                .store(new LocalStore(folder.resolve("store")), "quickstart", new Fence("earlier", 1));
        FormExamForecast timed = Objects.requireNonNull(plan(spec).formExam());
        assertThat(timed.seconds()).isEqualTo(450);
        assertThat(timed.measuredBy()).isEqualTo("earlier");
    }

    @Test
    void countsTheFurtherPartsOfTheExamOfQuantizedForms() throws IOException {
        FormExamForecast exam = Objects.requireNonNull(plan(compiled("""
            pipeline('quickstart') {
                prepare { dataset 'data/tickets.jsonl', format: chat; maxBadRows 5; maxTokens 256 }
                initialize { model 'base-model' }
                train { method lora() }
                evaluate {
                    metric exactMatch
                    limit 100
                    forgetting suite: 'data/general.jsonl', maxDrop: 5.percent
                    fairness black: 'white'
                }
                deploy { quantize q8_0; target directory('models/tuned'); exam maxDrop: 2.percent }
            }
            """)).formExam());
        assertThat(exam.parts()).containsOnly(Map.entry("forgetting", 200L), Map.entry("fairness", 200L));
        assertThat(exam.words(String::valueOf))
                .startsWith("2 forms answer at most 500 rows each (200 of fairness, 200 of forgetting): 1,000 further"
                        + " answers");
    }

    private static PipelineSpec compiled(String text) {
        return PipelineCompiler.compile(PipelineSource.of("pipeline.groovy", text), Map.of())
                .spec()
                .orElseThrow();
    }

    private static PipelineSpec service(String metric) {
        String text = """
            pipeline('quickstart') {
                prepare { dataset 'data/tickets.jsonl', format: chat; maxBadRows 5; maxTokens 256 }
                initialize { model 'base-model' }
                train { method full(); epochs 3; by openai(endpoint: 'azure', model: 'small') }
                evaluate { %s }
            }
            """.formatted(metric);
        return PipelineCompiler.compile(PipelineSource.of("pipeline.groovy", text), Map.of())
                .spec()
                .orElseThrow();
    }

    /** This process does not have the jar, so running its code would fail. */
    @Test
    void runsNoCodeOfAJar() throws IOException {
        Path declared = Files.writeString(folder.resolve("trainers.yaml"), "trainers: {}\n");
        ExtensionSpec.ForBackEnd jar =
                new ExtensionSpec.ForBackEnd(new ExtensionSpec("elsewhere", Map.of(), "own-words", "1.2"));
        for (OutsideTrainers trainers :
                List.of(new OutsideTrainers(declared, folder), new OutsideTrainers(null, folder))) {
            assertThat(RunEstimate.trainedBy(jar, trainers)).isEqualTo("a back end of a jar");
        }
    }

    private void measured(PipelineSpec spec, double secondsPerStep) throws IOException {
        RunRef run = run(spec, "earlier");
        ArtifactRef artifact = new ArtifactRef("store:artifacts/" + NONE, NONE, 1);
        Origin origin = new Origin(NONE, null, "made for a test");
        SetupRequest setup = new SetupRequest(
                run,
                spec.setup(),
                spec.initialize(),
                spec.train(),
                spec.evaluate(),
                dataset(100, 20, 3000),
                new ModelRef(artifact, "x", 1, 1, "unknown", 1, 1, origin));
        WorkerProbe probe = new WorkerProbe(NONE, "host", "cpu", 1, 1, 1);
        new StageResults(new LocalStore(folder.resolve("store")))
                .commit(
                        run,
                        SetupActivitiesImpl.key(setup),
                        "",
                        new Fence("earlier/setup", 1),
                        new PreflightReport(probe, secondsPerStep, 1, origin));
    }

    private RunForecast plan(PipelineSpec spec) throws IOException {
        return plan(spec, new OutsideTrainers(null, folder.resolve("store/trainers")));
    }

    private RunForecast plan(PipelineSpec spec, OutsideTrainers trainers) throws IOException {
        Path store = folder.resolve("store");
        PipelineFiles files = new PipelineFiles(new ActivitySettings(store, List.of(QUICKSTART), List.of()));
        LocalStore artifacts = new LocalStore(store);
        return new Planner(
                        artifacts,
                        files,
                        BaseModelFiles.of(files, Map.of()),
                        spec,
                        run(spec, "plan"),
                        new TargetCheck(artifacts, files, Map.of(), other -> true, name -> true),
                        trainers,
                        RemoteSources.temporary(Map.of(), ReviewedFile.NONE))
                .plan();
    }

    private static RunRef run(PipelineSpec spec, String id) {
        return new RunRef(spec.name(), id, QUICKSTART.toString(), SpecDigest.of(spec));
    }

    private static PipelineSpec spec(int epochs) throws IOException {
        return spec(epochs, "size: 16");
    }

    private static PipelineSpec spec(int epochs, String batch) throws IOException {
        String text = Files.readString(QUICKSTART.resolve("pipeline.groovy"))
                .replace("steps 240", "epochs " + epochs)
                .replace("batch size: 16", "batch " + batch);
        return PipelineCompiler.compile(PipelineSource.of("pipeline.groovy", text), Map.of())
                .spec()
                .orElseThrow();
    }

    private static DatasetRef dataset(long train, long validation, long tokens) {
        ArtifactRef artifact = new ArtifactRef("store:artifacts/" + NONE, NONE, 1);
        Origin origin = new Origin(NONE, null, "made for a test");
        return new DatasetRef(artifact, train, validation, 5, tokens, 40, 0, 0, 0, origin);
    }
}
