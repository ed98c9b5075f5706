package dev.septet.activities.quota;

import dev.septet.activities.endpoint.AnswerPrice;
import dev.septet.activities.endpoint.EndpointCompletions;
import dev.septet.activities.endpoint.ModelEndpoint;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.endpoint.RowAnswers;
import java.util.Set;

/** Counts requests about rows to a service's model as a use of this thread's activity, as requests to a teacher are counted. */
public final class EndpointUse {
    private EndpointUse() {}

    /** What counts requests to this model; nothing outside of an activity whose use is counted. */
    public static RowAnswers.Meter of(ModelEndpoints endpoints, EndpointCompletions model) {
        TeamUse use = TeamUse.current();
        if (use == null) {
            return RowAnswers.Meter.NONE;
        }
        ModelEndpoint endpoint = model.client().endpoint();
        AnswerPrice price = endpoints.answerPrice(endpoint.name(), model.model());
        return () -> {
            Set<String> batch = Set.of(use.newBatch());
            return (promptTokens, tokens) -> use.count(
                    batch,
                    promptTokens + tokens,
                    price == null ? 0 : price.of(promptTokens, tokens),
                    endpoint.currency());
        };
    }
}
