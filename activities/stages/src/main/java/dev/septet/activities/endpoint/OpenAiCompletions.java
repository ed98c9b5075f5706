package dev.septet.activities.endpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/** Asks a model of a service with OpenAI's API for answers. */
record OpenAiCompletions(EndpointClient client, String model) implements EndpointCompletions {
    private static final Duration ANSWER = Duration.ofMinutes(5);

    /** 0, but for rounding. */
    private static final double MOST_LOG = 1e-6;

    /** The service guarantees the format, or refuses it. */
    @Override
    public boolean takesFormats() {
        return true;
    }

    @Override
    public AnswerPart answer(EndpointRequest request) throws EndpointClient.Failure {
        return AnswerPart.of(
                client.endpoint(), model, client.post(request.path(), request.body(model, false), ANSWER), false);
    }

    @Override
    public double[] logProbabilities(int[] ids) throws EndpointClient.Failure {
        ObjectNode body = SpecJson.mapper().createObjectNode().put("model", model);
        ArrayNode prompt = body.putArray("prompt");
        for (int id : ids) {
            prompt.add(id);
        }
        body.put("max_tokens", 1).put("temperature", 0).put("echo", true).put("logprobs", 1);
        JsonNode json = client.post("completions", body, ANSWER);
        AnswerPart.of(client.endpoint(), model, json, false);
        JsonNode numbers = json.path("choices").path(0).path("logprobs").path("token_logprobs");
        // One more is that of the generated token. Others mean that the service adds or removes tokens.
        if (numbers.size() != ids.length && numbers.size() != ids.length + 1) {
            throw AnswerPart.wrong(
                    client.endpoint(),
                    String.format(
                            Locale.ROOT,
                            "returns %d log-probabilities for %d tokens; write `logprobs: false` for it in the operator's file",
                            numbers.size(),
                            ids.length));
        }
        double[] logs = new double[ids.length];
        logs[0] = Double.NaN;
        for (int at = 1; at < ids.length; at++) {
            double log = numbers.get(at).isNumber() ? numbers.get(at).asDouble() : Double.NaN;
            if (!Double.isFinite(log) || log > MOST_LOG) {
                throw AnswerPart.wrong(
                        client.endpoint(),
                        "returns a log-probability that is not a finite number of at most 0; write `logprobs: false`"
                                + " for it in the operator's file");
            }
            logs[at] = log;
        }
        return logs;
    }

    @Override
    public Answering begin(EndpointRequest request) throws EndpointClient.Failure {
        EndpointClient.Pending pending = client.stream(request.path(), request.body(model, true), ANSWER);
        return new Answering() {
            @Override
            public Parts parts() throws IOException {
                return new AnswerStream(client.endpoint(), model, pending.body())::next;
            }

            @Override
            public void close() {
                pending.close();
            }
        };
    }
}
