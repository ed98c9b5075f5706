package dev.septet.activities.train.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.train.SteeringActivitiesImpl;
import dev.septet.activities.train.command.OutsideTrainers;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.workflows.train.SteeringAction;
import dev.septet.workflows.train.SteeringActivities;
import dev.septet.workflows.train.SteeringCommand;
import dev.septet.workflows.train.TrainOutcome;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.testing.TestActivityEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What users see when a service with OpenAI's API fails, refuses or forgets: rows of trainer-faults.md. */
@Tag("long")
class HostedFaultsTest extends HostedRounds {
    private static final String CREATE = "POST /fine_tuning/jobs";
    private static final String DESCRIBE = "GET /fine_tuning/jobs/ID";

    @Test
    void anOverloadedServiceDoesNotEndATraining() throws Exception {
        service.hold(true);
        TrainRequest request = request();
        attempt(request);
        service.answer(DESCRIBE, 3, 500, "oops");
        assertThat(progress(attempt(request)))
                .isEqualTo("the job continues at endpoint service, but endpoint service answers 500 to GET"
                        + " /fine_tuning/jobs/ftjob-3");
        service.answer(DESCRIBE, 3, 429, "{\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"slow down\"}}");
        assertThat(progress(attempt(request))).contains("answers 429 rate_limit_exceeded");
        for (int lost = 0; lost < 8; lost++) {
            service.loseRequest(DESCRIBE);
        }
        assertThat(progress(attempt(request))).contains("cannot be reached for GET /fine_tuning/jobs/ftjob-3");
        service.hold(false);

        done(request);

        assertThat(service.created()).hasSize(1);
    }

    @Test
    void tooManyJobsAtATimeAreAWait() throws Exception {
        service.answer(CREATE, 2, 429, "{\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"3 jobs at most\"}}");
        TrainRequest request = request();

        assertThat(progress(attempt(request)))
                .isEqualTo(
                        "endpoint service answers 429 rate_limit_exceeded to POST /fine_tuning/jobs: 3 jobs at most");

        done(request);
        assertThat(service.created()).hasSize(1);
    }

    @Test
    void anEmptyAccountIsNamed() throws Exception {
        service.answer(CREATE, 1, 429, "{\"error\":{\"code\":\"insufficient_quota\",\"message\":\"no money\"}}");

        assertThatThrownBy(() -> attempt(request()))
                .hasStackTraceContaining(
                        "endpoint service answers 429 insufficient_quota to POST /fine_tuning/jobs: no" + " money");
    }

    @Test
    void anExpiredKeyDoesNotEndATraining() throws Exception {
        service.hold(true);
        TrainRequest request = request();
        attempt(request);
        service.expireKey(true);

        String progress = progress(attempt(request));

        assertThat(progress)
                .startsWith("the job continues at endpoint service, but endpoint service answers 401 invalid_api_key")
                .endsWith("; check the key in SERVICE_KEY of the worker")
                .doesNotContain(FakeFineTuning.KEY);
        service.expireKey(false);
        service.hold(false);
        done(request);
        assertThat(service.created()).hasSize(1);
    }

    @Test
    void aKeyThatTheServiceRefusesIsNamedBeforeTheTraining() throws Exception {
        service.expireKey(true);

        assertThatThrownBy(() -> attempt(request()))
                .hasStackTraceContaining("type='PolicyDenied'")
                .hasStackTraceContaining(
                        "train: by openai(endpoint: 'service', model: 'gpt-4o-mini-2024-07-18'): endpoint"
                                + " service answers 401 invalid_api_key");
    }

    @Test
    void aMissingKeyIsNamed() throws Exception {
        environment = Map.of();

        assertThatThrownBy(() -> attempt(request()))
                .hasStackTraceContaining(
                        "this worker has no usable API key for endpoint service; set SERVICE_KEY in its"
                                + " environment");
    }

    @Test
    void whatTheServiceRefusesIsNamed() throws Exception {
        service.answer(CREATE, 1, 400, "{\"error\":{\"code\":\"model_not_available\",\"message\":\"no new jobs\"}}");

        assertThatThrownBy(() -> attempt(request()))
                .hasStackTraceContaining("type='InvalidPipeline'")
                .hasStackTraceContaining(
                        "endpoint service answers 400 model_not_available to POST /fine_tuning/jobs: no" + " new jobs");
    }

    @Test
    void aFailedJobTellsTheServicesReason() throws Exception {
        service.hold(true);
        TrainRequest request = request();
        attempt(request);
        service.fail("server_error", "the job ran into a problem, token=abcdefghijklmnop", null);

        assertThatThrownBy(() -> attempt(request))
                .hasStackTraceContaining("job ftjob-3 failed: server_error: the job ran into a problem, [SECRET]")
                .hasStackTraceContaining("type='BackendFailed'");

        service.hold(false);
        done(request);
        assertThat(service.created()).as("the next attempt creates another job").hasSize(2);
    }

    @Test
    void refusedRowsEndTheRun() throws Exception {
        service.hold(true);
        TrainRequest request = request();
        attempt(request);
        service.fail("invalid_training_file", "The file has 1 example, but at least 10 are needed", "training_file");

        assertThatThrownBy(() -> attempt(request))
                .hasStackTraceContaining("type='PoisonData'")
                .hasStackTraceContaining("at least 10 are needed");
        assertThat(service.files()).isEmpty();
    }

    @Test
    void aFileThatTheServiceCannotReadIsNamed() throws Exception {
        service.fileStatus("error", "");
        TrainRequest request = request();

        assertThatThrownBy(() -> attempt(request))
                .hasStackTraceContaining("type='PoisonData'")
                .hasStackTraceContaining("the service refuses the file septet-");
        assertThat(service.created()).isEmpty();
    }

    @Test
    void aFileThatTheServiceStillReadsIsAwaited() throws Exception {
        service.fileStatus("pending", "");
        TrainRequest request = request();
        assertThat(progress(attempt(request))).isEqualTo("waiting until endpoint service has read the rows");
        service.fileStatus(null, "");

        done(request);

        assertThat(service.uploads()).isEqualTo(2);
    }

    @Test
    void aJobThatSomebodyCancelledIsNamed() throws Exception {
        service.hold(true);
        TrainRequest request = request();
        attempt(request);
        service.cancelBySomebody();

        assertThatThrownBy(() -> attempt(request))
                .hasStackTraceContaining("job ftjob-3 was cancelled, but not by Septet");
    }

    @Test
    void aJobThatTheServiceForgotIsNamed() throws Exception {
        service.hold(true);
        settles = Duration.ZERO;
        TrainRequest request = request();
        attempt(request);
        service.forgetJobs();
        attempt(request);

        assertThatThrownBy(() -> attempt(request))
                .hasStackTraceContaining(
                        "the service neither knows nor lists job ftjob-3 any more; are `url:` and the key still those"
                                + " of its project? The next attempt creates another job");
    }

    @Test
    void anotherServiceBehindAProxyForAWhileCostsNoSecondJob() throws Exception {
        service.hold(true);
        TrainRequest request = request();
        attempt(request);
        Thread.sleep(settles.toMillis());
        service.answer(DESCRIBE, 1, 404, "{}");
        attempt(request);
        service.answer(DESCRIBE, 1, 404, "{}");
        service.hideJobs(true);
        assertThat(progress(attempt(request)))
                .isEqualTo("endpoint service neither knows nor lists job ftjob-3; Septet asks again");
        service.hideJobs(false);
        service.hold(false);

        done(request);

        assertThat(service.created()).hasSize(1);
    }

    @Test
    void aForgottenJobThatIsListedAgainIsFollowed() throws Exception {
        service.hold(true);
        settles = Duration.ZERO;
        TrainRequest request = request();
        attempt(request);
        service.answer(DESCRIBE, 2, 404, "{}");
        service.hideJobs(true);
        attempt(request);
        assertThatThrownBy(() -> attempt(request)).hasStackTraceContaining("neither knows nor lists job ftjob-3");
        service.hideJobs(false);
        service.hold(false);

        done(request);

        assertThat(service.created()).hasSize(1);
    }

    @Test
    void aCancelledRunCancelsAJobThatTheServiceDoesNotKnowJustNow() throws Exception {
        service.hold(true);
        TrainRequest request = request();
        attempt(request);
        Thread.sleep(settles.toMillis());
        service.answer(DESCRIBE, 1, 404, "{}");

        end(request);

        assertThat(service.status("ftjob-3")).isEqualTo("cancelled");
    }

    @Test
    void creationsOfUnknownJobsAreLimited() throws Exception {
        for (int lost = 0; lost < 5; lost++) {
            service.loseAnswer(CREATE);
        }
        service.hideJobs(true);
        TrainRequest request = request();

        assertThatThrownBy(() -> done(request))
                .hasStackTraceContaining("type='BackendFailed'")
                .hasStackTraceContaining("endpoint service may have jobs with the file file-1, but its list shows none;"
                        + " Septet creates no other. Look at the service's list, cancel such jobs, then run again");
        assertThatThrownBy(() -> done(request)).hasStackTraceContaining("Septet creates no other");
        assertThat(service.created()).hasSize(2);
    }

    @Test
    void anAcceptedJobWithoutAUsableIdIsNamed() throws Exception {
        service.answer(CREATE, 1, 200, "{\"id\":\"../job\"}");
        TrainRequest request = request();

        assertThatThrownBy(() -> attempt(request))
                .hasStackTraceContaining(
                        "endpoint service accepted a job with the file file-1, but its answer has no id"
                                + " that Septet can use");
        assertThatThrownBy(() -> done(request)).hasStackTraceContaining("Septet creates no other");
        assertThat(service.requests()).filteredOn(CREATE::equals).hasSize(1);
    }

    @Test
    void aListThatEndsEarlyIsNoReasonToCreateASecondJob() throws Exception {
        service.loseAnswer(CREATE);
        TrainRequest request = request();
        attempt(request);
        Thread.sleep(settles.toMillis());
        service.answer("GET /fine_tuning/jobs", 1, 200, "{}");

        assertThatThrownBy(() -> attempt(request)).hasStackTraceContaining("its list cannot be read to its end");

        done(request);
        assertThat(service.created()).hasSize(1);
    }

    @Test
    void aPauseTakesAJobThatHasSucceeded() throws Exception {
        service.hold(true);
        TrainRequest request = request();
        attempt(request);
        attempt(request);
        service.hold(false);
        steer(request, List.of(new SteeringCommand(1, SteeringAction.PAUSE, null, null)));

        assertThat(attempt(request).checkpoint()).isNotNull();

        assertThat(service.status("ftjob-3")).isEqualTo("succeeded");
    }

    @Test
    void aJobWhoseMetricsCannotBeReadIsTaken() throws Exception {
        service.answer("GET /files/ID/content", 1000, 501, "{}");
        TrainRequest request = request();
        settles = Duration.ofMillis(500); // twelve times as long, it asks for the metrics
        String seen = "";
        TrainOutcome outcome = attempt(request);
        for (int rounds = 0; rounds < 1000 && outcome.waiting() != null; rounds++) {
            seen += progress(outcome) + "\n";
            Thread.sleep(20);
            outcome = attempt(request);
        }

        assertThat(seen)
                .contains("job ftjob-3 succeeded, but its metrics cannot be read yet: endpoint service answers 501");
        assertThat(Objects.requireNonNull(outcome.checkpoint()).stopReason())
                .isEqualTo("the job succeeded; 250,000 trained tokens, 0.75 USD; its metrics could not be read");
    }

    @Test
    void aFileThatTheServiceDeletedIsUploadedAgain() throws Exception {
        service.hold(true);
        TrainRequest request = request();
        attempt(request);
        service.fail("server_error", "a problem", null);
        assertThatThrownBy(() -> attempt(request)).hasStackTraceContaining("type='BackendFailed'");
        service.expireFiles();
        service.hold(false);

        done(request);

        assertThat(service.uploads()).isEqualTo(4);
        assertThat(service.created()).hasSize(2);
    }

    @Test
    void refusedRowsThatCannotBeDeletedYetAreDeletedByTheNextAttempt() throws Exception {
        service.hold(true);
        TrainRequest request = request();
        attempt(request);
        service.fail("invalid_training_file", "bad rows", "training_file");
        service.answer("DELETE /files/ID", 3, 503, "{}");
        attempt(request);

        assertThatThrownBy(() -> attempt(request)).hasStackTraceContaining("type='PoisonData'");

        assertThat(service.files()).isEmpty();
    }

    @Test
    void aDeletionThatFailsAtFirstIsTriedAgain() throws Exception {
        service.answer("DELETE /files/ID", 4, 503, "{}");

        done(request());

        assertThat(service.files()).isEmpty();
    }

    @Test
    void filesThatCannotBeDeletedDoNotFailTheRun() throws Exception {
        service.answer("DELETE /files/ID", 100, 503, "{}");

        done(request());

        assertThat(service.requests())
                .filteredOn("DELETE /files/ID"::equals)
                .as("three tries of three requests")
                .hasSize(9);
    }

    @Test
    void aKeyThatTheServiceRefusesAtACancellationIsTriedAgain() throws Exception {
        service.hold(true);
        TrainRequest request = request();
        attempt(request);
        service.expireKey(true);

        assertThatThrownBy(() -> end(request)).hasStackTraceContaining("type='BackendFailed'");
        service.expireKey(false);
        Path file = temp.resolve("trainers.yaml");
        String declared = Files.readString(file);
        Files.writeString(file, "endpoints: {other: {url: \"%s\", models: [m]}}\n".formatted(service.url()));
        assertThatThrownBy(() -> end(request))
                .hasStackTraceContaining("type='BackendFailed'")
                .hasStackTraceContaining("has no endpoint 'service'");
        Files.writeString(file, declared);

        end(request);

        assertThat(service.status("ftjob-3")).isEqualTo("cancelled");
    }

    @Test
    void aNewJobThatIsNotKnownEverywhereIsAwaited() throws Exception {
        settles = Duration.ofMinutes(5);
        service.answer(DESCRIBE, 1, 404, "{\"error\":{\"message\":\"No such job\"}}");
        service.hideJobs(true);
        TrainRequest request = request();

        assertThat(progress(attempt(request))).isEqualTo("waiting until endpoint service knows job ftjob-3");
        service.hideJobs(false);

        done(request);
        assertThat(service.created()).hasSize(1);
    }

    @Test
    void aCancelledRunCancelsItsJobAndRemovesItsFiles() throws Exception {
        service.hold(true);
        TrainRequest request = request();
        attempt(request);

        end(request);

        assertThat(service.status("ftjob-3")).isEqualTo("cancelled");
        assertThat(service.files()).isEmpty();
    }

    @Test
    void aCancelledRunCancelsAJobWhoseAnswerWasLost() throws Exception {
        service.hold(true);
        service.loseAnswer(CREATE);
        TrainRequest request = request();
        attempt(request);

        end(request);

        assertThat(service.status("ftjob-3")).isEqualTo("cancelled");
    }

    @Test
    void aCancelledRunThatNeverBeganAsksTheServiceNothing() throws Exception {
        end(request());

        assertThat(service.requests()).isEmpty();
    }

    @Test
    void aPauseCancelsTheJobAndAResumeTrainsAgain() throws Exception {
        service.hold(true);
        TrainRequest request = request();
        attempt(request);
        SteeringCommand pause = new SteeringCommand(1, SteeringAction.PAUSE, null, null);
        steer(request, List.of(pause));

        assertThat(attempt(request).paused()).isEqualTo(new TrainOutcome.Pause(0, 1));
        assertThat(service.status("ftjob-3")).isEqualTo("cancelled");

        steer(request, List.of(pause, new SteeringCommand(2, SteeringAction.RESUME, null, null)));
        service.hold(false);
        done(request);
        assertThat(service.created()).hasSize(2);
        assertThat(service.uploads()).as("the files are still there").isEqualTo(2);
    }

    private void steer(TrainRequest request, List<SteeringCommand> commands) {
        TestActivityEnvironment worker = TestActivityEnvironment.newInstance();
        try {
            worker.registerActivitiesImplementations(new SteeringActivitiesImpl(store));
            worker.newActivityStub(SteeringActivities.class).record(request.run(), commands);
        } finally {
            new Thread(worker::close).start();
        }
    }

    @Test
    void aWorkerThatShutsDownLeavesTheJob() throws Exception {
        service.hold(true);
        TrainRequest request = request();
        attempt(request);
        shutdown.request();

        assertThatThrownBy(() -> attempt(request)).hasStackTraceContaining("type='Interrupted'");

        assertThat(service.status("ftjob-3")).isNotEqualTo("cancelled");
    }

    @Test
    void lintAndPlanNameWhatTheOperatorDoesNotAllow() {
        OutsideTrainers trainers = new OutsideTrainers(temp.resolve("trainers.yaml"), temp);

        assertThat(trainers.check().objection(train(SPEC, 1, null))).isEmpty();
        assertThat(trainers.check()
                        .objection(train(new OpenAiSpec("azure", FakeFineTuning.MODEL, null, null), 1, null)))
                .contains("the operator's file %s has no endpoint 'azure' in `endpoints:`; it has service"
                        .formatted(temp.resolve("trainers.yaml")));
        assertThatThrownBy(() -> trainers.checkHere(train(new OpenAiSpec("service", "gpt-4", null, null), 1, null)))
                .hasMessageContaining("does not allow the model 'gpt-4'");
        assertThat(trainers.of(SPEC).fingerprint())
                .isEqualTo("openai 1 %s gpt-4o-mini-2024-07-18".formatted(service.url()));
    }

    @Test
    void theOperatorsListDoesNotEndAJobThatExists() throws Exception {
        service.hold(true);
        TrainRequest request = request();
        attempt(request);
        Path file = temp.resolve("trainers.yaml");
        Files.writeString(file, """
            endpoints:
              service: {url: "%s", key: SERVICE_KEY, models: [another]}
            """.formatted(service.url()));
        service.hold(false);

        done(request);
    }

    @Test
    void whatTheOperatorDoesNotAllowIsNamed() throws Exception {
        assertThatThrownBy(() -> attempt(request(train(new OpenAiSpec("service", "gpt-4", null, null), 1, null))))
                .hasStackTraceContaining(
                        "the operator's file does not allow the model 'gpt-4' at the endpoint 'service',"
                                + " only gpt-4o-mini-2024-07-18");
        assertThat(service.requests()).isEmpty();
    }

    @Test
    void aWordWithoutACounterpartIsNamed() throws Exception {
        TrainRequest request = new TinyPipeline(store, "run-1", temp).trainRequest(TinyPipeline.by(SPEC), dataset);

        assertThatThrownBy(() -> attempt(request))
                .hasStackTraceContaining("steps: the service has no setting for `steps`. Write `epochs`.");
    }
}
