package dev.septet.activities.endpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.template.ChatMessage;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks a model of Amazon Bedrock for answers by the operation Converse. An answer comes as one piece: Bedrock's stream has
 * a binary format of its own.
 *
 * @param model identifier that Converse takes: of a deployment or of a foundation model
 * @see <a href="https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html">Converse</a>
 */
record ConverseCompletions(EndpointClient client, String model) implements EndpointCompletions {
    private static final Duration ANSWER = Duration.ofMinutes(5);
    private static final int MOST_BYTES = 16 << 20;
    private static final String TEXT = "text";

    private String path() {
        return "model/%s/converse".formatted(URLEncoder.encode(model, StandardCharsets.UTF_8));
    }

    /** Not every model of Bedrock guarantees a format. */
    @Override
    public boolean takesFormats() {
        return false;
    }

    @Override
    public AnswerPart answer(EndpointRequest request) throws EndpointClient.Failure {
        return read(client.post(path(), body(request), ANSWER));
    }

    /** Bedrock shows none, so the operator's file cannot declare them. */
    @Override
    public double[] logProbabilities(int[] ids) throws EndpointClient.Failure {
        throw AnswerPart.wrong(client.endpoint(), "shows no log-probabilities");
    }

    @Override
    public Answering begin(EndpointRequest request) throws EndpointClient.Failure {
        EndpointClient.Pending pending = client.stream(path(), body(request), ANSWER);
        return new Answering() {
            @Override
            public Parts parts() throws IOException {
                AnswerPart whole = read(client.json(pending, MOST_BYTES));
                return new Parts() {
                    private boolean given;

                    @Override
                    public @Nullable AnswerPart next() {
                        boolean before = given;
                        given = true;
                        return before ? null : whole;
                    }
                };
            }

            @Override
            public void close() {
                pending.close();
            }
        };
    }

    private ObjectNode body(EndpointRequest request) throws EndpointClient.Failure {
        if (request.prompt() != null) {
            throw unsupported("Amazon Bedrock answers conversations only; ask /v1/chat/completions");
        } else if (request.responseFormat() != null) {
            throw unsupported("Septet passes no `response_format` to Amazon Bedrock; ask for the format in a message");
        }
        ObjectNode body = SpecJson.mapper().createObjectNode();
        ArrayNode turns = body.putArray("messages");
        ArrayNode system = SpecJson.mapper().createArrayNode();
        for (ChatMessage turn : request.messages()) {
            if (turn.role().equals("system")) {
                system.addObject().put(TEXT, turn.content());
            } else {
                turns.addObject()
                        .put("role", turn.role())
                        .putArray("content")
                        .addObject()
                        .put(TEXT, turn.content());
            }
        }
        if (!system.isEmpty()) {
            body.set("system", system);
        }
        ObjectNode settings = body.putObject("inferenceConfig");
        if (request.maxTokens() != null) {
            settings.put("maxTokens", request.maxTokens());
        }
        settings.put("temperature", request.temperature());
        if (request.topP() < 1) {
            settings.put("topP", request.topP());
        }
        if (!request.stops().isEmpty()) {
            ArrayNode stops = settings.putArray("stopSequences");
            request.stops().forEach(stops::add);
        }
        return body;
    }

    private static EndpointClient.Failure unsupported(String why) {
        return new EndpointClient.Failure(HttpURLConnection.HTTP_BAD_REQUEST, "unsupported", null, why);
    }

    private AnswerPart read(JsonNode json) throws EndpointClient.Failure {
        JsonNode content = json.path("output").path("message").path("content");
        String stop = json.path("stopReason").asText("");
        if (!content.isArray() || stop.isEmpty()) {
            throw AnswerPart.wrong(
                    client.endpoint(), "sends a response without an answer: it has no message or no stop reason");
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode block : content) {
            if (block.path(TEXT).isTextual()) {
                text.append(block.path(TEXT).asText());
            }
        }
        String finish = switch (stop) {
            case "end_turn", "stop_sequence" -> "stop";
            case "max_tokens", "model_context_window_exceeded" -> "length";
            case "content_filtered", "guardrail_intervened" -> AnswerPart.CONTENT_FILTER;
            default ->
                throw AnswerPart.wrong(client.endpoint(), "ends an answer with a reason that Septet does not know");
        };
        JsonNode usage = json.path("usage");
        return new AnswerPart(
                text.toString(),
                finish,
                AnswerPart.count(usage, "inputTokens"),
                AnswerPart.count(usage, "outputTokens"));
    }
}
