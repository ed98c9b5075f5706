package dev.septet.activities.train.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.endpoint.EndpointModel;
import dev.septet.activities.quota.Period;
import dev.septet.activities.quota.Quota;
import dev.septet.activities.quota.RunUseRecords;
import dev.septet.activities.quota.TeamUse;
import dev.septet.activities.quota.UsageRecords;
import dev.septet.activities.quota.UsedKind;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.TrainingLedger;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings at a stand-in for a service with OpenAI's fine-tuning API, in rounds as the workflow follows them. */
@Tag("long")
class HostedTrainingTest extends HostedRounds {
    private static final String CREATE = "POST /fine_tuning/jobs";

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
    void theTeamPaysForAJobOnce() throws Exception {
        UsageRecords records = new UsageRecords(store);
        RunRef run = new RunRef("desk", "run-1", "/srv", "0dd").withTeam("search");
        use = new TeamUse(records, run, "Train", "run-1 Train 1", System::currentTimeMillis);
        done(request());
        done(request()); // finds the same job
        Quota money = new Quota(UsedKind.MONEY, 5, Period.MONTH, ZoneOffset.UTC);
        long now = System.currentTimeMillis();
        assertThat(records.reading().used("search", money, Period.MONTH.around(now, ZoneOffset.UTC), now))
                .isEqualTo(0.75);
        assertThat(service.created()).hasSize(1);
        assertThat(new RunUseRecords(store, "run-1").sum())
                .as("the run's own record, once for both attempts")
                .hasValueSatisfying(own -> assertThat(own.costs())
                        .containsOnlyKeys("USD")
                        .hasEntrySatisfying("USD", cost -> assertThat(cost).isEqualByComparingTo("0.75")));
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

    @Test
    void aSecondJobThatTrainsAtTheEndIsCancelled() throws Exception {
        service.hold(true);
        TrainRequest request = request();
        attempt(request);
        attempt(request);
        service.duplicate();
        service.hold(false);

        done(request);

        assertThat(service.status("ftjob-second")).isEqualTo("cancelled");
        assertThat(service.status("ftjob-3")).isEqualTo("succeeded");
    }

    @Test
    void aFirstJobThatIsListedLateIsCancelled() throws Exception {
        service.hold(true);
        service.loseAnswer(CREATE);
        service.hideJobs(true);
        TrainRequest request = request();
        attempt(request);
        Thread.sleep(settles.toMillis());
        attempt(request);
        assertThat(service.jobIds()).containsExactly("ftjob-3", "ftjob-4");
        service.hideJobs(false);

        attempt(request);

        assertThat(service.status("ftjob-3")).isEqualTo("cancelled");
        assertThat(service.status("ftjob-4")).isNotEqualTo("cancelled");
    }

    @Test
    void aSecondJobThatCouldNotBeCancelledIsCancelledInTheNextRound() throws Exception {
        service.hold(true);
        service.loseAnswer(CREATE);
        TrainRequest request = request();
        attempt(request);
        service.duplicate();
        service.answer("POST /fine_tuning/jobs/ID/cancel", 1, 503, "{}");
        attempt(request);

        attempt(request);

        assertThat(service.status("ftjob-second")).isEqualTo("cancelled");
    }

    /** Each request of a training is once the last one of a worker, before it is processed and after. */
    @Tag("nightly")
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
}
