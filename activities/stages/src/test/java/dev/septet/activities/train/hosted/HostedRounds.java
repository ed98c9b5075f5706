package dev.septet.activities.train.hosted;

import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.quota.TeamUse;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.TrainActivitiesImpl;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.dsl.pipeline.train.AdamwSpec;
import dev.septet.dsl.pipeline.train.BatchSpec;
import dev.septet.dsl.pipeline.train.CheckpointSpec;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.LearningRateSpec;
import dev.septet.dsl.pipeline.train.ObjectiveSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.train.OutsideTrainingActivities;
import dev.septet.workflows.train.TrainActivities;
import dev.septet.workflows.train.TrainOutcome;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Trains at a stand-in for a service with OpenAI's fine-tuning API. */
abstract class HostedRounds {
    static final OpenAiSpec SPEC = new OpenAiSpec("service", FakeFineTuning.MODEL, null, null);
    static final String ROW = """
        {"source":"secret-file.jsonl:1","messages":[{"role":"user","content":"hello there"},\
        {"role":"assistant","content":"good day"}]}
        """;

    @TempDir
    Path temp;

    FakeFineTuning service;
    LocalStore store;
    DatasetRef dataset;
    Map<String, String> environment = Map.of("SERVICE_KEY", FakeFineTuning.KEY);
    Duration settles = Duration.ofMillis(300);
    final Shutdown shutdown = new Shutdown();
    int round;

    /** Counts what trainings cost; null = nothing is counted. */
    @Nullable
    TeamUse use;

    @BeforeEach
    void start() throws IOException {
        service = new FakeFineTuning();
        declare("");
        store = new LocalStore(temp.resolve("store"));
        dataset = dataset(ROW, ROW);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    void declare(String more) throws IOException {
        Files.writeString(temp.resolve("trainers.yaml"), """
            endpoints:
              service:
                url: %s
                key: SERVICE_KEY
                models: [%s]
                prices: {%s: 3.0}
            %s
            """.formatted(
                        service.url(), FakeFineTuning.MODEL, FakeFineTuning.MODEL, more));
    }

    CheckpointRef done(TrainRequest request) throws Exception {
        return done(store, request);
    }

    CheckpointRef done(ArtifactStore its) throws Exception {
        return done(its, request());
    }

    /** Rounds until the training is over. */
    CheckpointRef done(ArtifactStore its, TrainRequest request) throws Exception {
        for (int rounds = 0; rounds < 100; rounds++) {
            TrainOutcome outcome = attempt(its, request);
            if (outcome.waiting() == null) {
                return Objects.requireNonNull(outcome.checkpoint());
            }
            Thread.sleep(20);
        }
        throw new AssertionError("the training does not end: " + service.requests());
    }

    static String progress(TrainOutcome outcome) {
        return Objects.requireNonNull(Objects.requireNonNull(outcome.waiting()).progress())
                .line();
    }

    TrainOutcome attempt(TrainRequest request) {
        return attempt(store, request);
    }

    TrainOutcome attempt(ArtifactStore its, TrainRequest request) {
        TestActivityEnvironment worker = worker(its);
        try {
            return worker.newActivityStub(TrainActivities.class).train(request, round++);
        } finally {
            new Thread(worker::close).start();
        }
    }

    void end(TrainRequest request) {
        TestActivityEnvironment worker = worker(store);
        try {
            worker.newActivityStub(OutsideTrainingActivities.class).end(request, round++);
        } finally {
            new Thread(worker::close).start();
        }
    }

    TestActivityEnvironment worker(ArtifactStore its) {
        ModelEndpoints endpoints = new ModelEndpoints(temp.resolve("trainers.yaml"), environment);
        TestActivityEnvironment worker = TestActivityEnvironment.newInstance();
        worker.registerActivitiesImplementations(new TrainActivitiesImpl(its, store.checkpoints(), shutdown, used -> {
            if (use != null) {
                use.open(); // in the thread of the activity
            }
            return new OpenAiBackEnd(endpoints, (OpenAiSpec) used, settles);
        }));
        return worker;
    }

    TrainRequest request() throws IOException {
        return request(train(SPEC, 1, null));
    }

    TrainRequest request(TrainSpec train) throws IOException {
        return new TinyPipeline(store, "run-1", temp).trainRequest(train, dataset);
    }

    static TrainSpec train(OpenAiSpec by, int epochs, @Nullable ObjectiveSpec objective) {
        return new TrainSpec(
                new FullSpec(),
                epochs,
                null,
                BatchSpec.DEFAULT,
                AdamwSpec.DEFAULT,
                LearningRateSpec.DEFAULT,
                TrainSpec.DEFAULT_CLIP,
                CheckpointSpec.DEFAULT,
                TrainSpec.DEFAULT_VALIDATE_EVERY,
                null,
                TrainSpec.OnNonFinite.ROLL_BACK,
                null,
                objective,
                by,
                null,
                TrainSpec.DEFAULT_POLICY);
    }

    /** A prepared dataset with these rows. */
    DatasetRef dataset(String training, String validation) throws IOException {
        TinyPipeline pipeline = new TinyPipeline(store, "run-1", temp);
        DatasetRef plain = pipeline.datasetWithTexts();
        Path files = store.fetch(plain.artifact());
        Map<String, Path> all = new HashMap<>();
        for (String name : names(files)) {
            all.put(name, files.resolve(name));
        }
        all.remove("manifest.json");
        all.put("train.jsonl", Files.writeString(temp.resolve("train-rows"), training));
        all.put("validation.jsonl", Files.writeString(temp.resolve("validation-rows"), validation));
        return new DatasetRef(
                store.put(all, new Fence("run-1/rows", 2)),
                plain.trainRows(),
                plain.validationRows(),
                plain.testRows(),
                plain.trainTokens(),
                plain.longestRow(),
                0,
                0,
                0,
                plain.origin());
    }

    static List<String> names(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(file -> file.getFileName().toString()).sorted().collect(Collectors.toList());
        }
    }
}
