package dev.septet.activities.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.ResourcesSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.search.ChoiceSpec;
import dev.septet.dsl.pipeline.search.DimensionSpec;
import dev.septet.dsl.pipeline.search.HalvingSpec;
import dev.septet.dsl.pipeline.train.SearchSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.workflows.setup.PlannedTrial;
import dev.septet.workflows.setup.SearchEnd;
import dev.septet.workflows.setup.SearchPlan;
import dev.septet.workflows.setup.SearchSummary;
import dev.septet.workflows.setup.SetupActivities;
import dev.septet.workflows.setup.SetupRequest;
import dev.septet.workflows.setup.TrialRequest;
import dev.septet.workflows.setup.TrialResult;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trials that stop at rungs and continue from their checkpoints. */
class SearchRungsTest {
    @TempDir
    Path temp;

    private TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    private LocalStore store;

    @BeforeEach
    void open() {
        store = new LocalStore(temp.resolve("store"));
        environment = worker(new Shutdown());
    }

    @AfterEach
    void close() {
        environment.close();
    }

    /** The checkpoint of a trial that stopped twice has the same bytes as that of a trial that never did. */
    @Test
    void endsInTheBytesOfATrialThatNeverStopped() throws IOException {
        SetupRequest request = request("run-1", search(new HalvingSpec(2, 3, null)));
        SearchPlan plan = setup().planSearch(request, 0.1);
        PlannedTrial trial = plan.trials().get(1);
        assertThat(trial.ends()).containsExactly(2, 3, 6);
        List<TrialResult> rungs = new ArrayList<>();
        for (int rung = 0; rung < 3; rung++) {
            rungs.add(setup().trial(TrialRequest.of(request, trial, rung)));
        }
        assertThat(rungs).extracting(TrialResult::steps).containsExactly(2, 3, 6);
        assertThat(rungs).extracting(TrialResult::validationLoss).doesNotHaveDuplicates();
        assertThat(rungs)
                .extracting(result -> result.origin().why())
                .as("no rung is explained by an earlier rung of its own run")
                .containsOnly("first run of this stage of the pipeline");
        Map<String, String> stopped = checkpoint("run-1/trial-1", 6);

        SetupRequest whole = request("run-2", search(null));
        PlannedTrial once = setup().planSearch(whole, 0.1).trials().get(1);
        assertThat(once.point()).isEqualTo(trial.point());
        assertThat(once.ends()).containsExactly(6);
        // another store, which has no results of the first search
        store = new LocalStore(temp.resolve("other"));
        environment.close();
        environment = worker(new Shutdown());
        TrialResult end = setup().trial(TrialRequest.of(request("run-2", search(null)), once, 0));
        assertThat(end.validationLoss()).isEqualTo(rungs.get(2).validationLoss());
        assertThat(checkpoint("run-2/trial-1", 6)).isEqualTo(stopped);
    }

    /** A worker that ends in the middle of a rung: the next attempt continues, and finds the same. */
    @Test
    void hasTheSameResultAfterAWorkerEndedWithinARung() throws IOException {
        SetupRequest request = request("run-1", search(new HalvingSpec(2, 2, null)));
        PlannedTrial trial = setup().planSearch(request, 0.1).trials().get(0);
        TrialResult first = setup().trial(TrialRequest.of(request, trial, 0));

        Shutdown shutdown = new Shutdown();
        shutdown.request();
        try (Closing ending = new Closing(worker(shutdown))) {
            assertThatThrownBy(() -> ending.setup().trial(TrialRequest.of(request, trial, 1)))
                    .hasStackTraceContaining("the next attempt continues from step 3");
        }
        TrialResult second = setup().trial(TrialRequest.of(request, trial, 1));
        Map<String, String> interrupted = checkpoint("run-1/trial-0", 6);

        store = new LocalStore(temp.resolve("other"));
        environment.close();
        environment = worker(new Shutdown());
        SetupRequest again = request("run-1", search(new HalvingSpec(2, 2, null)));
        assertThat(setup().trial(TrialRequest.of(again, trial, 0)).validationLoss())
                .isEqualTo(first.validationLoss());
        assertThat(setup().trial(TrialRequest.of(again, trial, 1)).validationLoss())
                .isEqualTo(second.validationLoss());
        assertThat(checkpoint("run-1/trial-0", 6)).isEqualTo(interrupted);
    }

    @Test
    void storesTheTableAndRemovesTheCheckpoints() throws IOException {
        SetupRequest request = request("run-1", search(new HalvingSpec(2, 2, null)));
        SearchPlan plan = setup().planSearch(request, 0.1);
        List<TrialResult> results = new ArrayList<>();
        for (PlannedTrial trial : plan.trials()) {
            results.add(setup().trial(TrialRequest.of(request, trial, 0)));
        }
        results.add(setup().trial(TrialRequest.of(request, plan.trials().get(1), 1)));
        assertThat(checkpoint("run-1/trial-1", 6)).isNotEmpty();

        SearchSummary summary = setup().endSearch(new SearchEnd(request, plan, results, 1));

        assertThat(summary.steps()).isEqualTo(4 * 3 + 3);
        assertThat(temp.resolve("store/checkpoints/run-1"))
                .satisfiesAnyOf(
                        none -> assertThat(none).doesNotExist(),
                        empty -> assertThat(empty).isEmptyDirectory());
        var table = SpecJson.mapper()
                .readTree(store.fetch(summary.artifact())
                        .resolve(SearchTable.FILE)
                        .toFile());
        assertThat(table.path("winner").asInt()).isEqualTo(1);
        assertThat(table.path("choice").asText()).isEqualTo("the lowest validation loss");
        assertThat(table.path("trials")).hasSize(4);
        assertThat(table.at("/trials/1/rungs/1/steps").asInt()).isEqualTo(6);
        assertThat(table.at("/trials/1/values/batch").asInt()).isEqualTo(2);
        assertThat(setup().endSearch(new SearchEnd(request, plan, results, 1)).artifact())
                .isEqualTo(summary.artifact());
    }

    /** The metrics are those of the exam, the rows those of the validation split. */
    @Test
    void choosesByTheExam() throws IOException {
        SearchSpec plain = search(new HalvingSpec(2, 2, null));
        SearchSpec search = new SearchSpec(
                plain.learningRates(),
                plain.ranks(),
                0,
                6,
                plain.dimensions(),
                List.of(),
                null,
                plain.halving(),
                ChoiceSpec.score(Map.of("rougeL", 0.7, "loss", -0.3)),
                null);
        SetupRequest rows = request("run-1", search);
        SetupRequest request = new SetupRequest(
                rows.run(),
                rows.spec(),
                rows.initialize(),
                rows.train(),
                rows.evaluate(),
                new TinyPipeline(store, "run-1", temp).datasetWithTexts(),
                rows.model());
        SearchPlan plan = setup().planSearch(request, 0.1);
        TrialResult first = setup().trial(TrialRequest.of(request, plan.trials().get(0), 0));
        TrialResult last = setup().trial(TrialRequest.of(request, plan.trials().get(0), 1));

        assertThat(first.measures()).containsOnlyKeys("loss", "rougeL");
        double rouge = Objects.requireNonNull(last.measures().get("rougeL"));
        double loss = Objects.requireNonNull(last.measures().get("loss"));
        assertThat(last.compared()).isEqualTo(-0.3 * loss + 0.7 * rouge);
        assertThat(loss).isPositive().isNotEqualTo(first.measures().get("loss"));
        SearchSummary summary = setup().endSearch(new SearchEnd(request, plan, List.of(first, last), 0));
        assertThat(summary.choice()).isEqualTo("score(loss: -0.3, rougeL: 0.7) on the validation split");
        assertThatThrownBy(() -> setup().planSearch(request("run-1", search), 0.1))
                .hasStackTraceContaining("validation.jsonl");
    }

    private SetupActivities setup() {
        return environment.newActivityStub(SetupActivities.class);
    }

    private record Closing(TestActivityEnvironment environment) implements AutoCloseable {
        SetupActivities setup() {
            return environment.newActivityStub(SetupActivities.class);
        }

        @Override
        public void close() {
            environment.close();
        }
    }

    private TestActivityEnvironment worker(Shutdown shutdown) {
        TestActivityEnvironment worker = TestActivityEnvironment.newInstance();
        worker.registerActivitiesImplementations(new SetupActivitiesImpl(
                new ActivitySettings(store.root(), List.of(), List.of()), store, store.checkpoints(), shutdown));
        return worker;
    }

    /** Two rates with two batch sizes. */
    private static SearchSpec search(@org.jspecify.annotations.Nullable HalvingSpec halving) {
        return new SearchSpec(
                List.of(1e-3, 1e-2),
                List.of(),
                0,
                6,
                List.of(DimensionSpec.of(DimensionSpec.Name.BATCH, List.of(1.0, 2.0))),
                List.of(),
                null,
                halving,
                null,
                null);
    }

    /** The files of a checkpoint, with their digests. */
    private Map<String, String> checkpoint(String scope, int step) throws IOException {
        Path folder = store.checkpoints().at(scope, step).orElseThrow().folder();
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                files.put(
                        folder.relativize(file).toString(),
                        dev.septet.activities.store.Sha256.of(Files.readAllBytes(file)));
            }
        }
        return files;
    }

    private SetupRequest request(String run, SearchSpec search) throws IOException {
        TinyPipeline tiny = new TinyPipeline(store, run, temp);
        return new SetupRequest(
                tiny.run(),
                new SetupSpec(new ResourcesSpec(0, null, null), Precision.FLOAT32, 7, search, SetupSpec.DEFAULT_POLICY),
                TinyPipeline.initialize(),
                TinyPipeline.train(TinyPipeline.LORA),
                EvaluateSpec.DEFAULT,
                tiny.dataset(),
                tiny.model());
    }
}
