package dev.septet.activities.train.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.endpoint.EndpointModel;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.SteeringActivitiesImpl;
import dev.septet.activities.train.TrainingLedger;
import dev.septet.activities.train.command.OutsideTrainers;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.train.SteeringAction;
import dev.septet.workflows.train.SteeringActivities;
import dev.septet.workflows.train.SteeringCommand;
import dev.septet.workflows.train.TrainOutcome;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings at a stand-in for a service with OpenAI's fine-tuning API, in rounds as the workflow follows them. */
class HostedTrainingTest extends HostedRounds {
    private static final String CREATE = "POST /fine_tuning/jobs";
    private static final String DESCRIBE = "GET /fine_tuning/jobs/ID";

    @Test
    void aJobTrainsAndItsModelIsTheResult() throws Exception {
        CheckpointRef result = done(request());

        Path model = store.fetch(result.artifact());
        assertThat(EndpointModel.read(model))
                .contains(new EndpointModel(
                        "service", "ft:gpt-4o-mini-2024-07-18:org:septet:3", FakeFineTuning.MODEL, "ftjob-3"));
        assertThat(names(model)).containsExactly("endpoint-model.json");
        assertThat(result.adapter()).isFalse();
        assertThat(result.steps()).isEqualTo(4);
        assertThat(result.finalLoss()).isEqualTo(1.25);
        assertThat(result.validationLoss()).isEqualTo(1.75);
        assertThat(result.stopReason()).isEqualTo("the job succeeded; 250,000 trained tokens, 0.75 USD");
        assertThat(service.created()).hasSize(1);
        assertThat(service.files()).as("files at the service").isEmpty();
    }

    @Test
    void theRequestHasWhatTheFileSets() throws Exception {
        done(request(train(new OpenAiSpec("service", FakeFineTuning.MODEL, 8, 1.8), 3, null)));

        JsonNode body = service.created().get(0);
        assertThat(body.path("suffix").asText()).matches("septet-[0-9a-f]{10}");
        assertThat(body.path("seed").asInt()).isEqualTo(42);
        assertThat(body.path("training_file").asText()).isEqualTo("file-1");
        assertThat(body.path("validation_file").asText()).isEqualTo("file-2");
        assertThat(body.path("method"))
                .isEqualTo(SpecJson.mapper()
                        .readTree("{\"type\":\"supervised\",\"supervised\":{\"hyperparameters\":{\"n_epochs\":3,"
                                + "\"batch_size\":8,\"learning_rate_multiplier\":1.8}}}"));
    }

    @Test
    void theServiceGetsTheMessagesAndNothingElse() throws Exception {
        done(request());

        assertThat(service.content("file-1"))
                .isEqualTo("{\"messages\":[{\"role\":\"user\",\"content\":\"hello there\"},{\"role\":\"assistant\","
                        + "\"content\":\"good day\"}]}\n");
    }

    @Test
    void promptsWithCompletionsBecomeMessages() throws Exception {
        dataset = dataset("{\"source\":\"d.jsonl:1\",\"prompt\":\"two and two\",\"completion\":\"four\"}\n", "");

        done(request());

        assertThat(service.content("file-1"))
                .isEqualTo("{\"messages\":[{\"role\":\"user\",\"content\":\"two and two\"},{\"role\":\"assistant\","
                        + "\"content\":\"four\"}]}\n");
        assertThat(service.created().get(0).has("validation_file")).isFalse();
    }

    @Test
    void pairsOfAnswersAreLearnedWithDpo() throws Exception {
        dataset =
                dataset("{\"source\":\"d.jsonl:1\",\"prompt\":\"hi\",\"chosen\":\"hello\",\"rejected\":\"go\"}\n", "");

        done(request(train(SPEC, 1, new DpoSpec(0.2))));

        assertThat(service.content("file-1"))
                .isEqualTo("{\"input\":{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]},\"preferred_output\":"
                        + "[{\"role\":\"assistant\",\"content\":\"hello\"}],\"non_preferred_output\":"
                        + "[{\"role\":\"assistant\",\"content\":\"go\"}]}\n");
        JsonNode method = service.created().get(0).path("method");
        assertThat(method.path("type").asText()).isEqualTo("dpo");
        assertThat(method.path("dpo").path("hyperparameters").path("beta").asDouble())
                .isEqualTo(0.2);
    }

    @Test
    void plainTextIsRefused() throws Exception {
        dataset = dataset("{\"source\":\"d.jsonl:1\",\"text\":\"once upon a time\"}\n", "");

        assertThatThrownBy(() -> attempt(request()))
                .hasStackTraceContaining("the dataset's rows have plain text, but the service learns answers");
        assertThat(service.uploads()).isZero();
    }

    @Test
    void theLedgerHasTheServicesMetricsAndTheCost() throws Exception {
        service.plainCsv();

        Path ledger = store.fetch(done(request()).ledger());

        assertThat(Files.readAllLines(ledger.resolve(TrainingLedger.FILE)))
                .hasSize(4)
                .element(1)
                .satisfies(line -> {
                    JsonNode json = SpecJson.mapper().readTree(line);
                    assertThat(json.path("loss").asDouble()).isEqualTo(2.0);
                    assertThat(json.path("validationLoss").asDouble()).isEqualTo(2.25);
                    assertThat(json.path("program").asText()).isEqualTo("service gpt-4o-mini-2024-07-18");
                });
        JsonNode note = SpecJson.mapper().readTree(ledger.resolve("job.json").toFile());
        assertThat(note.path("trainedTokens").asLong()).isEqualTo(250_000);
        assertThat(note.path("cost").asDouble()).isEqualTo(0.75);
        assertThat(note.path("currency").asText()).isEqualTo("USD");
        assertThat(note.path("job").asText()).isEqualTo("ftjob-3");
        assertThat(note.path("hyperparameters").path("n_epochs").asInt()).isEqualTo(1);
    }

    @Test
    void withoutAResultFileTheLedgerHasTheEvents() throws Exception {
        service.answer("GET /files/ID/content", 1, 404, "{\"error\":{\"message\":\"gone\"}}");

        CheckpointRef result = done(request());

        assertThat(result.steps()).isEqualTo(2);
        assertThat(result.finalLoss()).isEqualTo(1.5);
    }

    @Test
    void theProgressShowsStateStepsAndLoss() throws Exception {
        service.hold(true);
        TrainRequest request = request();

        assertThat(progress(attempt(request))).isEqualTo("training at endpoint service (job ftjob-3 is queued)");
        assertThat(progress(attempt(request)))
                .startsWith("training at endpoint service (job ftjob-3 is running), 2 of 4 steps, loss 1.5");
    }

    @Test
    void aLostAnswerToTheCreationCreatesNoSecondJob() throws Exception {
        service.loseAnswer(CREATE);

        done(request());

        assertThat(service.created()).hasSize(1);
    }

    @Test
    void aServerErrorAfterTheCreationCreatesNoSecondJobWhileTheServiceDoesNotListIt() throws Exception {
        settles = Duration.ofMinutes(5);
        service.loseAnswer(CREATE);
        service.hideJobs(true);
        TrainRequest request = request();
        attempt(request);

        assertThat(progress(attempt(request))).isEqualTo("waiting for endpoint service, which may have accepted a job");
        service.hideJobs(false);
        done(request);

        assertThat(service.created()).hasSize(1);
    }

    @Test
    void aCreationThatNeverArrivedIsRepeatedWhenTheServiceHasSettled() throws Exception {
        service.loseRequest(CREATE);

        done(request());

        assertThat(service.created()).hasSize(1);
        assertThat(service.requests()).filteredOn(CREATE::equals).hasSize(2);
    }

    @Test
    void aLostAnswerToAnUploadUploadsNothingTwice() throws Exception {
        service.loseAnswer("POST /files");

        done(request());

        assertThat(service.uploads()).isEqualTo(2);
    }

    @Test
    void anUploadThatNeverArrivedIsRepeatedByTheNextAttempt() throws Exception {
        service.loseRequest("POST /files");
        TrainRequest request = request();
        assertThatThrownBy(() -> attempt(request)).hasStackTraceContaining("endpoint service cannot be reached");

        done(request);

        assertThat(service.created()).hasSize(1);
    }

    @Test
    void aSecondJobOfTheRunIsCancelled() throws Exception {
        service.hold(true);
        service.loseAnswer(CREATE);
        TrainRequest request = request();
        attempt(request);
        service.duplicate();

        attempt(request);

        assertThat(service.status("ftjob-second")).isEqualTo("cancelled");
        assertThat(service.status("ftjob-3")).isNotEqualTo("cancelled");
    }

    /** Each request of a training is once the last one of a worker, before it is processed and after. */
    @Tag("long")
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWorkerKilledAtAnyRequestCostsNoSecondJob(boolean processed) throws Exception {
        CheckpointRef undisturbed = done(request());
        int requests = service.requests().size();
        for (int fatal = 1; fatal <= requests; fatal++) {
            again();
            MortalStore worker = new MortalStore(store);
            int at = fatal;
            FakeFineTuning.Hook hook = (request, what) -> {
                if (request >= at) {
                    worker.kill();
                    throw new FakeFineTuning.LostException(); // a dead worker sends nothing
                }
            };
            if (processed) {
                service.accepted = hook;
            } else {
                service.received = hook;
            }
            expectDeath(worker);

            assertThat(done(request()).artifact())
                    .as("killed at request %d", fatal)
                    .isEqualTo(undisturbed.artifact());
            assertThat(service.created())
                    .as("jobs, killed at request %d", fatal)
                    .hasSize(1);
            assertThat(service.files()).as("files, killed at request %d", fatal).isEmpty();
        }
        assertThat(requests).isGreaterThan(10);
    }

    /** Before each write to the store. */
    @Tag("long")
    @Test
    void aWorkerKilledBeforeAnyWriteCostsNoSecondJob() throws Exception {
        MortalStore counted = new MortalStore(store);
        CheckpointRef undisturbed = done(counted.store());
        for (int fatal = 1; fatal <= counted.writes(); fatal++) {
            again();
            MortalStore worker = new MortalStore(store);
            worker.killAtWrite(fatal);
            expectDeath(worker);

            assertThat(done(request()).artifact()).isEqualTo(undisturbed.artifact());
            assertThat(service.created()).as("jobs, killed at write %d", fatal).hasSize(1);
        }
        assertThat(counted.writes()).isGreaterThan(5);
    }

    /** A new service and a new store. */
    private void again() throws IOException {
        service.close();
        service = new FakeFineTuning();
        declare("");
        store = new LocalStore(temp.resolve("store-" + round));
        dataset = dataset(ROW, ROW);
        assertThat(store.root()).exists();
    }

    /** Rounds of a worker until it is dead. What it does between its death and its end has no effect. */
    private void expectDeath(MortalStore worker) throws Exception {
        TrainRequest request = request();
        for (int rounds = 0; rounds < 40 && !worker.dead(); rounds++) {
            try {
                if (attempt(worker.store(), request).waiting() == null) {
                    break; // killed while it removed what the training left
                }
            } catch (RuntimeException killed) {
                assertThat(worker.dead()).as("%s", killed).isTrue();
            }
        }
        service.received = (number, what) -> {};
        service.accepted = (number, what) -> {};
        assertThat(worker.dead()).isTrue();
    }

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

        assertThatThrownBy(() -> attempt(request))
                .hasStackTraceContaining(
                        "the service does not know job ftjob-3 any more; the next attempt creates" + " another job");
    }

    @Test
    void aNewJobThatIsNotKnownEverywhereIsAwaited() throws Exception {
        settles = Duration.ofMinutes(5);
        service.answer(DESCRIBE, 1, 404, "{\"error\":{\"message\":\"No such job\"}}");
        TrainRequest request = request();

        assertThat(progress(attempt(request))).isEqualTo("waiting until endpoint service knows job ftjob-3");

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
