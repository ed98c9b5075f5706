package dev.septet.activities.train.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.endpoint.EndpointModel;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.TrainingLedger;
import dev.septet.activities.train.hosted.MortalStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.backend.BedrockSpec;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A training at Bedrock: what is sent, what is stored, and that no crash pays twice. */
@Tag("nightly")
class BedrockTrainingTest extends BedrockRounds {
    private static final String CREATE = "POST /model-customization-jobs";
    private static final String DEPLOY = "POST /model-customization/custom-model-deployments";

    @Test
    void aJobTrainsItsModelIsDeployedAndTheResultNamesTheDeployment() throws Exception {
        CheckpointRef result = done(request());

        EndpointModel model = EndpointModel.read(store.fetch(result.artifact())).orElseThrow();
        assertThat(model)
                .isEqualTo(new EndpointModel(
                        "bedrock",
                        "arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/deploy000000",
                        "amazon.nova-micro-v1:0",
                        "arn:aws:bedrock:us-east-1:123456789012:model-customization-job/amazon.nova-micro-v1:0:128k/"
                                + "abcdefghij00"));
        assertThat(service.jobNames()).hasSize(1);
        assertThat(objects()).as("the rows are removed").isEmpty();
    }

    @Test
    void theRequestHasTheRowsTheTokenAndTheHyperparameters() throws Exception {
        service.hold(true);
        attempt(request());

        String name = service.jobNames().get(0);
        assertThat(name).matches("septet-[0-9a-f]{10}-1");
        JsonNode body = Objects.requireNonNull(service.created().get(name));
        assertThat(body.path("clientRequestToken").asText()).isEqualTo(name);
        assertThat(body.path("hyperParameters").toString())
                .isEqualTo("{\"epochCount\":\"2\",\"learningRate\":\"0.00001\"}");
        assertThat(service.read(body.path("trainingDataConfig").path("s3Uri").asText()))
                .isEqualTo("{\"schemaVersion\":\"bedrock-conversation-2024\",\"system\":[{\"text\":\"be kind\"}],"
                        + "\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"hello there\"}]},"
                        + "{\"role\":\"assistant\",\"content\":[{\"text\":\"good day\"}]}]}\n");
        assertThat(body.path("validationDataConfig").path("validators")).hasSize(1);
    }

    @Test
    void aModelThatLearnsCompletionsGetsThem() throws Exception {
        declare("rows: completion");
        dataset = dataset("{\"source\":\"d.jsonl:1\",\"prompt\":\"two and two\",\"completion\":\"four\"}\n", "");
        service.hold(true);
        attempt(request());

        JsonNode body =
                Objects.requireNonNull(service.created().get(service.jobNames().get(0)));
        assertThat(service.read(body.path("trainingDataConfig").path("s3Uri").asText()))
                .isEqualTo("{\"prompt\":\"two and two\",\"completion\":\"four\"}\n");
        assertThat(body.has("validationDataConfig")).isFalse();
    }

    @Test
    void rowsThatBedrockCannotLearnAreRefusedBeforeTheyLeave() throws Exception {
        dataset = dataset("{\"source\":\"d.jsonl:1\",\"text\":\"once upon a time\"}\n", "");
        assertThatThrownBy(() -> attempt(request())).hasStackTraceContaining("the dataset has plain text or pairs");

        declare("rows: completion");
        dataset = dataset(ROW, "");
        assertThatThrownBy(() -> attempt(request()))
                .hasStackTraceContaining("conversations of more than a prompt and its answer");
        assertThat(objects()).isEmpty();
        assertThat(service.jobNames()).isEmpty();
    }

    @Test
    void theLedgerHasBedrocksMetricsAndTheEstimatedCost() throws Exception {
        Path ledger = store.fetch(done(request()).ledger());

        List<String> lines = Files.readAllLines(ledger.resolve(TrainingLedger.FILE));
        assertThat(lines).hasSize(4);
        JsonNode last = SpecJson.mapper().readTree(lines.get(3));
        assertThat(last.path("loss").asDouble()).isEqualTo(1.25);
        assertThat(last.path("validationLoss").asDouble()).isEqualTo(1.75);
        assertThat(SpecJson.mapper().readTree(lines.get(2)).has("loss")).isFalse();
        JsonNode note = SpecJson.mapper().readTree(ledger.resolve("job.json").toFile());
        assertThat(note.path("trainedTokens").asLong()).isEqualTo(2000);
        assertThat(note.path("estimated").asBoolean()).isTrue();
        assertThat(note.path("cost").asDouble()).isEqualTo(2.0);
        assertThat(note.path("finishedAt").asLong()).isEqualTo(1767326645L);
        assertThat(note.path("hyperparameters").path("epochCount").asText()).isEqualTo("2");
    }

    @Test
    void whatTheOperatorDoesNotDeclareIsRefused() throws Exception {
        assertThatThrownBy(() -> attempt(request(train(new BedrockSpec("meta.llama3-1-8b", Map.of()), 1))))
                .hasStackTraceContaining("does not allow the model 'meta.llama3-1-8b' at the endpoint 'bedrock'");
        assertThatThrownBy(() -> attempt(request(
                        train(new BedrockSpec(FakeBedrock.MODEL, Map.of("learningRate", 1L, "warmup", 3L)), 1))))
                .hasStackTraceContaining("learningRate: expected a number from 0 up to 0.01, got 1; warmup: is not a"
                        + " hyperparameter that the operator's file declares for this model; it declares batchSize,"
                        + " learningRate");
        assertThat(service.requests()).isEmpty();
    }

    @Test
    void aLostAnswerCreatesNoSecondJobAndNoSecondDeployment() throws Exception {
        service.loseAnswer(CREATE);
        service.loseAnswer(DEPLOY);

        done(request());

        assertThat(service.jobNames()).hasSize(1);
        assertThat(service.deploymentNames()).hasSize(1);
    }

    @Test
    void aJobThatIsNotShownYetIsNotCreatedTwice() throws Exception {
        service.hold(true);
        service.hide(true);
        TrainRequest request = request();
        attempt(request);
        attempt(request);
        service.hide(false);
        service.hold(false);

        done(request);

        assertThat(service.jobNames()).hasSize(1);
        assertThat(service.requests())
                .filteredOn(CREATE::equals)
                .as("the same token")
                .hasSize(2);
    }

    /** Each request of a training is once the last one of a worker, before it is processed and after. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWorkerKilledAtAnyRequestCostsNoSecondJob(boolean processed) throws Exception {
        CheckpointRef undisturbed = done(request());
        int requests = service.requests().size();
        for (int fatal = 1; fatal <= requests; fatal++) {
            again();
            MortalStore worker = new MortalStore(store);
            int last = fatal;
            FakeBedrock.Hook hook = (request, what) -> {
                if (request >= last) {
                    worker.kill();
                    throw new FakeBedrock.LostException(); // a dead worker sends nothing
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
            assertThat(service.deploymentNames()).hasSize(1);
            assertThat(objects()).as("files, killed at request %d", fatal).isEmpty();
        }
        assertThat(requests).isGreaterThan(7);
    }

    @Test
    void aWorkerKilledBeforeAnyWriteCostsNoSecondJob() throws Exception {
        MortalStore counted = new MortalStore(store);
        TrainRequest request = request();
        CheckpointRef undisturbed = null;
        while (undisturbed == null) {
            undisturbed = attempt(counted.store(), request).checkpoint();
        }
        for (int fatal = 1; fatal <= counted.writes(); fatal++) {
            again();
            MortalStore worker = new MortalStore(store);
            worker.killAtWrite(fatal);
            expectDeath(worker);

            assertThat(done(request()).artifact()).isEqualTo(undisturbed.artifact());
            assertThat(service.created()).as("jobs, killed at write %d", fatal).hasSize(1);
        }
    }

    /** A new service and a new store. */
    private void again() throws IOException {
        service.close();
        service = new FakeBedrock(BUCKET.client());
        declare("");
        store = new LocalStore(temp.resolve("store-" + round));
        dataset = dataset(ROW, ROW);
    }

    /** Rounds of a worker until it is dead. */
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
