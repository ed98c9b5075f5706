package dev.septet.activities.train.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.quota.UsedKind;
import dev.septet.activities.store.bucket.S3Address;
import dev.septet.activities.store.bucket.S3Bucket;
import dev.septet.activities.store.bucket.S3Exchange;
import dev.septet.activities.train.TrainingLedger;
import dev.septet.activities.train.command.DeclaredTrainers;
import dev.septet.activities.train.command.OutsideTrainers;
import dev.septet.activities.train.command.TrainingRounds;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.activities.train.sagemaker.FakeSageMaker.Answer;
import dev.septet.dsl.pipeline.backend.SageMakerSpec;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Training jobs of a stand-in for SageMaker, which exchange files with the worker through a real S3 server. */
@Tag("long")
class SageMakerTrainingTest extends TrainingRounds {
    @RegisterExtension
    static final S3Bucket BUCKET = new S3Bucket();

    private S3Address at;
    private FakeSageMaker service;

    @BeforeEach
    void start() throws IOException {
        at = BUCKET.address();
        service = new FakeSageMaker(BUCKET.client(), Files.createDirectories(temp.resolve("service")));
        Path file = temp.resolve("trainers.yaml");
        Files.writeString(file, """
            trainers:
              fake:
                command: [python3, %s]
                environment: {ADAPTER: "%s"}
                grace: 5s
                orphan: 30s
                options:
                  mode: {type: text, default: good}
                  milliseconds: {type: whole, default: 20}
            sagemaker:
              region: us-east-1
              role: arn:aws:iam::123456789012:role/septet-trainer
              bucket: %s
              prefix: %s
              images: [registry.example/trl:1]
              instances: [ml.g5.2xlarge, ml.g5.12xlarge]
              prices: {ml.g5.2xlarge: 3.6}
              currency: EUR
              endpoint: %s
              s3Endpoint: %s
            """.formatted(
                        Path.of("src/test/resources/dev/septet/activities/train/command/trainer.py")
                                .toAbsolutePath(),
                        TinyPipeline.baseModel().resolveSibling("lora"),
                        at.bucket(),
                        at.prefix().replaceFirst("/$", ""),
                        service.endpoint(),
                        BUCKET.gateway().environment().get("AWS_ENDPOINT_URL")));
        prepare(machine("runs"));
    }

    private OutsideTrainers machine(String runs) {
        return DeclaredTrainers.machine(
                temp.resolve("trainers.yaml"),
                temp.resolve(runs),
                BUCKET.gateway().environment());
    }

    @AfterEach
    void stop() throws IOException {
        service.close();
        assertThat(service.used()).isSubsetOf(SageMakerPageTest.allowed());
    }

    @Test
    void aJobTrainsAndItsResultIsTaken() throws Exception {
        CheckpointRef result = done(request(Map.of()));

        assertThat(result.steps()).isEqualTo(TinyPipeline.STEPS);
        assertThat(TrainingLedger.read(store.fetch(result.ledger()).resolve(TrainingLedger.FILE))
                        .lines())
                .hasSize(TinyPipeline.STEPS);
        assertThat(service.created()).isEqualTo(1);
        assertThat(service.request(1).has("Environment")).isFalse();
        assertThat(run()).doesNotExist();
        assertThat(staged()).isZero();
    }

    @Test
    void theTeamPaysForTheTimeThatAwsCharges() throws Exception {
        countUse();
        done(request(Map.of()));
        assertThat(used(UsedKind.MONEY)).as("100 s of a node for 3.60 an hour").isCloseTo(0.1, within(1e-9));
    }

    @Test
    void aLostAnswerCreatesNoSecondJob() throws Exception {
        service.loseNextAnswer();

        done(request(Map.of()));

        assertThat(service.created()).isEqualTo(1);
    }

    @Test
    void aWorkerKilledAfterTheCreationCostsNoSecondJob() throws Exception {
        TrainRequest request = request(Map.of("milliseconds", 200L));
        attempt(request, 0);
        Files.delete(run().resolve("silence")); // which the first round after the creation writes

        attempt(request, 1);
        done(request);

        assertThat(service.created()).isEqualTo(1);
    }

    @Test
    void aWorkerKilledBeforeTheCreationCreatesTheJobOfTheSameNumber() throws Exception {
        TrainRequest request = request(Map.of());
        service.pend("Pending");
        attempt(request, 0);
        service.forget();
        service.pend("");

        done(request);

        assertThat(service.request(1).path("TrainingJobName").asText()).endsWith("-1");
        assertThat(service.created()).isEqualTo(1);
    }

    @Test
    void aCreationThatNeverArrivedIsRepeatedByTheNextAttempt() throws Exception {
        TrainRequest request = request(Map.of());
        service.answer(2, new Answer(400, "ValidationException", "Requested resource not found."));
        service.answer(5, new Answer(503, "ServiceUnavailable", ""));
        assertThatThrownBy(() -> attempt(request, 0)).hasStackTraceContaining("it has no training job");

        done(request);

        assertThat(service.created()).isEqualTo(1);
    }

    @Test
    void anotherMachineFollowsTheJobOfALostOne() throws Exception {
        TrainRequest request = request(Map.of("milliseconds", 300L));
        attempt(request, 0);
        trainers = machine("runs-of-another-machine");

        CheckpointRef result = done(request);

        assertThat(result.steps()).isEqualTo(TinyPipeline.STEPS);
        assertThat(service.created()).isEqualTo(1);
    }

    @Test
    void aSpotInterruptionContinuesFromTheCheckpoint() throws Exception {
        CheckpointRef undisturbed = done(request(Map.of("milliseconds", 21L)));
        TrainRequest request = request(spec(SLOW, Duration.ofHours(1)));
        int before = service.created();
        attempt(request, 0);
        awaitCheckpoint(request);
        service.interrupt();
        awaitFailure(request, "a spot interruption; the next attempt creates another job");

        CheckpointRef result = done(request(spec(FAST, Duration.ofHours(1))));

        assertThat(result.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(result.ledger()).isEqualTo(undisturbed.ledger());
        assertThat(service.created()).isEqualTo(before + 2);
        assertThat(service.request(before + 1)
                        .path("StoppingCondition")
                        .path("MaxWaitTimeInSeconds")
                        .asLong())
                .isEqualTo(25 * 3600);
    }

    @Test
    void aContainerThatTheServiceStartedAgainEndsItself() throws Exception {
        TrainRequest request = request(spec(SLOW, Duration.ofHours(1)));
        attempt(request, 0);
        awaitCheckpoint(request);
        service.interrupt();
        service.resume();

        awaitFailure(request, "a spot interruption; the next attempt creates another job");

        assertThat(done(request(spec(FAST, Duration.ofHours(1)))).steps()).isEqualTo(TinyPipeline.STEPS);
        assertThat(service.created()).isEqualTo(2);
    }

    @Test
    void aJobThatSomebodyStoppedContinuesFromItsCheckpoint() throws Exception {
        TrainRequest request = request(SLOW);
        attempt(request, 0);
        awaitCheckpoint(request);
        service.stop("Stopping");
        awaitFailure(request, "it was stopped, but not by Septet; the next attempt creates another job");

        assertThat(done(request(FAST)).steps()).isEqualTo(TinyPipeline.STEPS);
        assertThat(service.created()).isEqualTo(2);
    }

    @Test
    void aTimeLimitIsNamed() throws Exception {
        TrainRequest request = request(SLOW);
        attempt(request, 0);
        await("the job", () -> service.running() == 1);
        service.stop("MaxRuntimeExceeded");

        awaitFailure(request, "it was ended (its time limit)");
        end(request);
    }

    @Test
    void anOverloadedServiceDoesNotEndATraining() throws Exception {
        TrainRequest request = request(Map.of());
        service.pend("Pending"); // the job does not end while the client repeats its requests
        service.answer(2, new Answer(400, "ThrottlingException", "Rate exceeded"));
        attempt(request, 0);
        service.answer(2, new Answer(500, "InternalFailure", ""));
        attempt(request, 1);
        service.answer(5, new Answer(400, "ThrottlingException", "Rate exceeded"));

        assertThat(attempt(request, 2).waiting()).isNotNull();
        service.answer(1, new Answer(400, "ExpiredTokenException", "The security token is expired"));
        SageMakerJob launcher = launcher(request);
        launcher.adopt();
        assertThat(launcher.held()).isTrue();
        assertThat(launcher.queued().orElseThrow().why())
                .contains("AWS does not accept the credentials of this worker (ExpiredTokenException); renew them");
        service.pend("");

        done(request);
        assertThat(service.created()).isEqualTo(1);
    }

    @Test
    void whatAwsDoesNotAllowIsNamed() throws Exception {
        TrainRequest request = request(Map.of());
        service.answer(1, new Answer(400, "AccessDeniedException", "User septet is not authorized"));

        assertThatThrownBy(() -> attempt(request, 0))
                .hasStackTraceContaining(
                        "AWS does not allow sagemaker:DescribeTrainingJob (AccessDeniedException): User septet is not"
                                + " authorized; compare the worker's policy with the page trainers.md");
    }

    @Test
    void aQuotaIsNamed() throws Exception {
        TrainRequest request = request(Map.of());
        service.answer(2, new Answer(400, "ValidationException", "Requested resource not found."));
        service.answer(1, new Answer(400, "ResourceLimitExceeded", "The limit of ml.g5.2xlarge is 0 instances"));

        assertThatThrownBy(() -> attempt(request, 0))
                .hasStackTraceContaining("SageMaker answers 400 ResourceLimitExceeded to CreateTrainingJob: The limit"
                        + " of ml.g5.2xlarge is 0 instances");
    }

    @Test
    void whatAJobWaitsForIsShown() throws Exception {
        service.pend("Pending");
        TrainRequest request = request(Map.of());
        attempt(request, 0);
        SageMakerJob launcher = launcher(request);
        await("the state", () -> {
            launcher.adopt();
            return launcher.held()
                    && launcher.queued()
                            .map(waiting -> waiting.why())
                            .orElse("")
                            .endsWith("-1: Pending: Insufficient capacity error from EC2 while"
                                    + " launching instances, retrying!");
        });
        end(request);
        assertThat(staged()).isZero();
    }

    @Test
    void aCancelledRunStopsItsJobAndStoresTheCheckpoint() throws Exception {
        TrainRequest request = request(Map.of("milliseconds", 1000L));
        attempt(request, 0);
        await("the first step", () -> {
            attempt(request, 1);
            return Files.exists(run().resolve("metrics.jsonl"));
        });

        end(request);

        assertThat(service.running()).isZero();
        assertThat(run()).doesNotExist();
        assertThat(store.checkpoints().newestValid("run-1/train").checkpoint()).isPresent();
        assertThat(staged()).isZero();
    }

    @Test
    void aCancelledRunStopsTheJobOfALostMachine() throws Exception {
        TrainRequest request = request(SLOW);
        attempt(request, 0);
        await("the job", () -> service.running() == 1);
        trainers = machine("runs-of-another-machine");

        end(request);

        assertThat(service.running()).isZero();
    }

    @Test
    void theProgramsFailureIsTold() throws Exception {
        TrainRequest request = request(Map.of("mode", "crash"));
        awaitFailure(request, "it ended with exit status 1. It printed:");
    }

    @Test
    void aLinkInACheckpointIsNamed() throws Exception {
        TrainRequest request = request(Map.of("mode", "link", "milliseconds", 200L));
        awaitFailure(request, "has a link or a device"); // in whichever checkpoint was the newest
        assertThat(service.running()).isZero();
    }

    @Test
    void aJobOfAnotherDeclarationIsStoppedAndNotTakenOver() throws Exception {
        TrainRequest request = request(SLOW);
        attempt(request, 0);
        await("the job", () -> service.running() == 1);
        Path file = temp.resolve("trainers.yaml");
        Files.writeString(file, Files.readString(file).replace("grace: 5s", "grace: 5s\n    version: 2"));

        done(request(FAST));

        assertThat(service.created()).isEqualTo(2);
    }

    @Test
    void aJobThatHangsIsEnded() throws Exception {
        Path file = temp.resolve("trainers.yaml");
        Files.writeString(file, Files.readString(file).replace("grace: 5s", "grace: 5s\n    silence: 4s"));
        TrainRequest request = request(Map.of("mode", "hang"));

        awaitFailure(request, "it wrote no metrics and no checkpoint");

        assertThat(service.running()).isZero();
        assertThat(store.checkpoints().newestValid("run-1/train").checkpoint()).isPresent();
    }

    @Test
    void aJobOfOthersWithThisNameStays() throws Exception {
        TrainRequest request = request(Map.of());
        attempt(request, 0);
        service.request(1).withObject("/CheckpointConfig").put("S3Uri", "s3://models/elsewhere/");

        assertThatThrownBy(() -> attempt(request, 1))
                .hasStackTraceContaining("that this run did not create; choose another `prefix:`");
    }

    private SageMakerJob launcher(TrainRequest request) {
        SageMakerSpec spec =
                (SageMakerSpec) Objects.requireNonNull(request.spec().by());
        return new SageMakerJob(
                new SageMakerRequest(
                        new TrainerFolder(run()),
                        DeclaredTrainers.trainer(trainers, spec),
                        spec,
                        DeclaredTrainers.sagemaker(Objects.requireNonNull(trainers.file()))),
                BUCKET.gateway().environment());
    }

    private TrainRequest request(Map<String, Object> options) throws IOException {
        return request(spec(options, null));
    }

    private static SageMakerSpec spec(Map<String, Object> options, @Nullable Duration spot) {
        return new SageMakerSpec(command(options), null, null, 1, null, null, spot);
    }

    private int staged() throws IOException {
        return new S3Exchange(BUCKET.client(), at).list("").size();
    }
}
