package dev.septet.activities.train.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.endpoint.AnswerPart;
import dev.septet.activities.endpoint.EndpointClient;
import dev.septet.activities.endpoint.EndpointCompletions;
import dev.septet.activities.endpoint.EndpointRequest;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.endpoint.RowAnswers;
import dev.septet.activities.store.bucket.S3Connection;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.template.ChatMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/** Answers of a model at Bedrock. */
class ConverseTest {
    private static final String CONVERSE = "POST /model/" + FakeBedrock.BASELINE + "/converse";
    private static final Map<String, String> ENVIRONMENT =
            Map.of("AWS_ACCESS_KEY_ID", "key", "AWS_SECRET_ACCESS_KEY", "secret", "AWS_SESSION_TOKEN", "session");
    private static final List<ChatMessage> QUESTION =
            List.of(new ChatMessage("system", "be kind"), new ChatMessage("user", "hello"));

    @TempDir
    Path temp;

    private final S3Client unused = S3Connection.of(ENVIRONMENT);
    private FakeBedrock service;

    @BeforeEach
    void start() throws IOException {
        service = new FakeBedrock(unused);
        Files.writeString(temp.resolve("trainers.yaml"), """
            bedrock:
              region: us-east-1
              role: arn:aws:iam::123456789012:role/septet-bedrock
              bucket: example-training
              models:
                %s: {}
              runtimeEndpoint: %s
            """.formatted(FakeBedrock.MODEL, service.url()));
    }

    @AfterEach
    void stop() {
        service.close();
        unused.close();
    }

    private EndpointCompletions model(String name) {
        return EndpointCompletions.of(
                new ModelEndpoints(temp.resolve("trainers.yaml"), ENVIRONMENT), "test", "bedrock", name);
    }

    private EndpointCompletions model() {
        return model(FakeBedrock.BASELINE);
    }

    @Test
    void aConversationIsSentInTurnsWithItsSystemPrompt() throws Exception {
        service.answers(body -> "good day", "end_turn");

        AnswerPart answer = model().answer(EndpointRequest.greedy(QUESTION, 7));

        assertThat(answer).isEqualTo(new AnswerPart("good day", "stop", 5, 2));
        assertThat(service.conversations().get(0).toString())
                .isEqualTo("{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"hello\"}]}],"
                        + "\"system\":[{\"text\":\"be kind\"}],"
                        + "\"inferenceConfig\":{\"maxTokens\":7,\"temperature\":0.0}}");
    }

    @Test
    void reasonsOfTheEndAreThoseOfOtherEndpoints() throws Exception {
        service.answers(body -> "good", "max_tokens");
        assertThat(model().answer(EndpointRequest.greedy(QUESTION, 1)).finish()).isEqualTo("length");
        service.answers(body -> "", "guardrail_intervened");
        assertThat(model().answer(EndpointRequest.greedy(QUESTION, 1)).finish()).isEqualTo(AnswerPart.CONTENT_FILTER);
        service.answers(body -> "", "tool_use");
        assertThatThrownBy(() -> model().answer(EndpointRequest.greedy(QUESTION, 1)))
                .hasMessageContaining("a reason that Septet does not know");
    }

    @Test
    void anAnswerForAStreamComesAsOnePiece() throws Exception {
        service.answers(body -> "good day", "end_turn");

        List<AnswerPart> parts = new ArrayList<>();
        EndpointRequest request = new EndpointRequest(QUESTION, null, null, 0.5, 0.9, 1, List.of("END"));
        try (EndpointCompletions.Answering answering = model().begin(request)) {
            EndpointCompletions.Parts its = answering.parts();
            for (AnswerPart part = its.next(); part != null; part = its.next()) {
                parts.add(part);
            }
        }

        assertThat(parts).containsExactly(new AnswerPart("good day", "stop", 5, 2));
        JsonNode settings = service.conversations().get(0).path("inferenceConfig");
        assertThat(settings.toString()).isEqualTo("{\"temperature\":0.5,\"topP\":0.9,\"stopSequences\":[\"END\"]}");
    }

    @Test
    void aTextToCompleteIsRefused() {
        EndpointRequest request = new EndpointRequest(List.of(), "once upon", 5, 0, 1, 0, List.of());

        assertThatThrownBy(() -> model().begin(request)).hasMessageContaining("answers conversations only");
        assertThat(service.requests()).isEmpty();
    }

    @Test
    void aFormatIsRefused() {
        EndpointRequest request = new EndpointRequest(
                QUESTION, null, 5, 0, 1, 0, List.of(), SpecJson.mapper().createObjectNode());

        assertThatThrownBy(() -> model().begin(request)).hasMessageContaining("no `response_format` to Amazon Bedrock");
        assertThat(service.requests()).isEmpty();
    }

    @Test
    void anOverloadedServiceIsAskedAgainAndAMissingDeploymentIsNamed() throws Exception {
        service.answers(body -> "good day", "end_turn");
        service.refuse(CONVERSE, 2, 429, "ThrottlingException", "slow down");
        service.refuse(CONVERSE, 1, 503, "ServiceUnavailableException", "soon");
        List<Duration> waits = new ArrayList<>();
        List<Row> rows = List.of(new ChatRow(
                List.of(new Message(ChatRole.USER, "hello"), new Message(ChatRole.ASSISTANT, "good day")),
                new RowPlace("d.jsonl", 1)));

        assertThat(new RowAnswers(model(), waits::add, done -> {}).of(rows, 5)).containsExactly("good day");
        assertThat(waits).hasSize(3);

        String gone = "arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdefghijkl";
        assertThatThrownBy(() -> new RowAnswers(model(gone), waits::add, done -> {}).of(rows, 5))
                .hasMessageContaining("the service no longer has the model '" + gone);
    }

    /** Stand-ins of others answer so. */
    @Test
    void theCodeSaysWhatIsMissingOrThrottledWhateverTheStatusIs() {
        service.refuse(CONVERSE, 1, 400, "ResourceNotFoundException", "gone");
        assertThatThrownBy(() -> model().answer(EndpointRequest.greedy(QUESTION, 1)))
                .isInstanceOfSatisfying(EndpointClient.Failure.class, failure -> {
                    assertThat(failure.missing()).isTrue();
                    assertThat(failure.why())
                            .contains("400 ResourceNotFoundException")
                            .contains("gone");
                });
        service.refuse(CONVERSE, 1, 400, "ThrottlingException", "slow down");
        assertThatThrownBy(() -> model().answer(EndpointRequest.greedy(QUESTION, 1)))
                .isInstanceOfSatisfying(
                        EndpointClient.Failure.class,
                        failure -> assertThat(failure.away()).isTrue());
    }

    @Test
    void logProbabilitiesAreNotShown() {
        assertThat(model().client().endpoint().logprobs()).isFalse();
        assertThatThrownBy(() -> model().logProbabilities(new int[] {1, 2}))
                .isInstanceOf(EndpointClient.Failure.class)
                .hasMessageContaining("shows no log-probabilities");
    }
}
