package dev.septet.activities.train.bedrock;

import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.bucket.S3Address;
import dev.septet.activities.store.bucket.S3Bucket;
import dev.septet.activities.store.bucket.S3Exchange;
import dev.septet.activities.train.SteeringActivitiesImpl;
import dev.septet.activities.train.TrainActivitiesImpl;
import dev.septet.dsl.pipeline.backend.BedrockSpec;
import dev.septet.dsl.pipeline.train.AdamwSpec;
import dev.septet.dsl.pipeline.train.BatchSpec;
import dev.septet.dsl.pipeline.train.CheckpointSpec;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.LearningRateSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.train.OutsideTrainingActivities;
import dev.septet.workflows.train.SteeringActivities;
import dev.septet.workflows.train.SteeringCommand;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Trains at a stand-in for Bedrock, with a real S3 server. */
abstract class BedrockRounds {
    @RegisterExtension
    static final S3Bucket BUCKET = new S3Bucket();

    static final BedrockSpec SPEC = new BedrockSpec(FakeBedrock.MODEL, Map.of("learningRate", 0.00001));
    static final String ROW = """
        {"source":"secret-file.jsonl:1","messages":[{"role":"system","content":"be kind"},{"role":"user",\
        "content":"hello there"},{"role":"assistant","content":"good day"}]}
        """;

    @TempDir
    Path temp;

    FakeBedrock service;
    S3Address at;
    LocalStore store;
    DatasetRef dataset;
    Duration settles = Duration.ofMillis(300);
    final Shutdown shutdown = new Shutdown();
    int round;

    @BeforeEach
    void start() throws IOException {
        service = new FakeBedrock(BUCKET.client());
        at = BUCKET.address();
        store = new LocalStore(temp.resolve("store"));
        dataset = dataset(ROW, ROW);
        declare("");
    }

    @AfterEach
    void stop() {
        service.close();
    }

    /** Declares the account, with more settings of the model. */
    void declare(String more) throws IOException {
        Files.writeString(temp.resolve("trainers.yaml"), """
            bedrock:
              region: us-east-1
              role: arn:aws:iam::123456789012:role/septet-bedrock
              bucket: %s
              prefix: %s
              models:
                %s:
                  price: 1000
                  hyperparameters:
                    learningRate: {type: number, min: 0, max: 0.01}
                    batchSize: {type: whole, min: 1, max: 1}
                  %s
              endpoint: %s
              runtimeEndpoint: %s
              s3Endpoint: %s
            """.formatted(
                        at.bucket(),
                        at.prefix().replaceFirst("/$", ""),
                        FakeBedrock.MODEL,
                        more,
                        service.url(),
                        service.url(),
                        BUCKET.gateway().environment().get("AWS_ENDPOINT_URL")));
    }

    ModelEndpoints endpoints() {
        return new ModelEndpoints(
                temp.resolve("trainers.yaml"), BUCKET.gateway().environment());
    }

    /** Rounds until the training is over. */
    CheckpointRef done(TrainRequest request) throws Exception {
        for (int rounds = 0; rounds < 100; rounds++) {
            TrainOutcome outcome = attempt(store, request);
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

    void steer(TrainRequest request, List<SteeringCommand> commands) {
        TestActivityEnvironment worker = TestActivityEnvironment.newInstance();
        try {
            worker.registerActivitiesImplementations(new SteeringActivitiesImpl(store));
            worker.newActivityStub(SteeringActivities.class).record(request.run(), commands);
        } finally {
            new Thread(worker::close).start();
        }
    }

    private TestActivityEnvironment worker(ArtifactStore its) {
        TestActivityEnvironment worker = TestActivityEnvironment.newInstance();
        worker.registerActivitiesImplementations(new TrainActivitiesImpl(
                its,
                store.checkpoints(),
                shutdown,
                used -> new BedrockBackEnd(endpoints(), (BedrockSpec) used, settles)));
        return worker;
    }

    TrainRequest request() throws IOException {
        return request(train(SPEC, 2));
    }

    TrainRequest request(TrainSpec train) throws IOException {
        return new TinyPipeline(store, "run-1", temp).trainRequest(train, dataset);
    }

    static TrainSpec train(BedrockSpec by, int epochs) {
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
                null,
                by,
                null,
                TrainSpec.DEFAULT_POLICY);
    }

    /** A prepared dataset with these rows. */
    DatasetRef dataset(String training, String validation) throws IOException {
        DatasetRef plain = new TinyPipeline(store, "run-1", temp).datasetWithTexts();
        Path files = store.fetch(plain.artifact());
        Map<String, Path> all = new HashMap<>();
        try (Stream<Path> names = Files.list(files)) {
            names.forEach(file -> all.put(file.getFileName().toString(), file));
        }
        all.remove("manifest.json");
        all.put("train.jsonl", Files.writeString(temp.resolve("train-rows"), training));
        all.put("validation.jsonl", Files.writeString(temp.resolve("validation-rows"), validation));
        return new DatasetRef(
                store.put(all, new Fence("run-1/rows", 2)),
                plain.trainRows(),
                plain.validationRows(),
                plain.testRows(),
                1000,
                plain.longestRow(),
                0,
                0,
                0,
                plain.origin());
    }

    /** Names of the objects below the operator's prefix. */
    List<String> objects() throws IOException {
        return new S3Exchange(BUCKET.client(), at)
                .list("").stream().map(S3Exchange.Item::name).toList();
    }
}
