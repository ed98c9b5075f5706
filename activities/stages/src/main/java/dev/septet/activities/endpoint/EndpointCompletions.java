package dev.septet.activities.endpoint;

import java.io.InputStream;
import java.time.Duration;

/** Asks a model that a service holds for answers. Thread-safe. */
public record EndpointCompletions(EndpointClient client, String model) {
    private static final Duration ANSWER = Duration.ofMinutes(5);

    /** The model of an artifact. */
    public static EndpointCompletions of(ModelEndpoints endpoints, String where, String endpoint, String model) {
        return new EndpointCompletions(endpoints.client(endpoints.endpoint(where, endpoint)), model);
    }

    /** Asks once and waits for the whole answer. */
    public AnswerPart answer(AnswerRequest request) throws EndpointClient.Failure {
        return AnswerPart.of(
                client.endpoint(), model, client.post(request.path(), request.body(model, false), ANSWER), false);
    }

    /** Asks once for a stream; {@link EndpointClient.Pending#close} ends it from any thread. */
    public EndpointClient.Pending begin(AnswerRequest request) throws EndpointClient.Failure {
        return client.stream(request.path(), request.body(model, true), ANSWER);
    }

    /** The parts of a stream. */
    public AnswerStream parts(InputStream body) {
        return new AnswerStream(client.endpoint(), model, body);
    }
}
