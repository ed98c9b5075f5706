package dev.septet.activities.answer;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.endpoint.AnswerPart;
import dev.septet.activities.endpoint.AnswerPrice;
import dev.septet.activities.endpoint.EndpointClient;
import dev.septet.activities.endpoint.EndpointCompletions;
import dev.septet.activities.endpoint.EndpointRequest;
import dev.septet.activities.endpoint.ModelEndpoint;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.workflows.FailureType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A model of a service with OpenAI's API.
 *
 * @param price null when the operator declares none
 */
record EndpointTeacher(
        EndpointCompletions completions, @Nullable AnswerPrice price) implements Teacher {
    private static final int MOST_AT_ONCE = 64;

    /**
     * The model that a pipeline names.
     *
     * @param step the words of the pipeline file that need it, for messages
     * @throws StageProblem POLICY_DENIED when the operator does not allow the endpoint or the model, or declares no price
     *     for a budget of money
     */
    static EndpointTeacher of(
            ModelEndpoints endpoints, String step, GenerateSpec.Teacher by, GenerateSpec.Budget budget) {
        String where = step + ": " + by.written();
        String name = Objects.requireNonNull(by.endpoint());
        String model = by.model();
        var unused = endpoints.service(where, name);
        ModelEndpoint endpoint = endpoints.allowing(where, name, model);
        AnswerPrice price = endpoints.answerPrice(name, model);
        if (price == null && budget.cost() != null) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED,
                    "%s: budget cost: needs prices, but the operator's file has no `answerPrices:` for the model; add them, or declare `budget tokens:`"
                            .formatted(where));
        }
        return new EndpointTeacher(EndpointCompletions.of(endpoints.client(endpoint), model), price);
    }

    @Override
    public String service() {
        return completions.client().endpoint().address();
    }

    @Override
    public String model() {
        return completions.model();
    }

    @Override
    public boolean takesFormats() {
        return completions.takesFormats();
    }

    @Override
    public int mostAtOnce() {
        return MOST_AT_ONCE;
    }

    @Override
    public AnswerPart answer(EndpointRequest request) throws EndpointClient.Failure {
        return completions.answer(request);
    }

    @Override
    public double cost(long promptTokens, long tokens) {
        return price == null ? 0 : price.of(promptTokens, tokens);
    }

    @Override
    public String currency() {
        return completions.client().endpoint().currency();
    }

    @Override
    public void close() {
        // The connections belong to the process.
    }
}
