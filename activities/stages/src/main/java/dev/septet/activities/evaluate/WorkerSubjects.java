package dev.septet.activities.evaluate;

import dev.septet.activities.endpoint.EndpointCompletions;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.endpoint.RowAnswers;

/**
 * Opens models where they can run: with the engine on this worker, or by the service that holds them.
 *
 * @param endpoints services of the operator's file
 */
public record WorkerSubjects(Subjects engine, ModelEndpoints endpoints) implements Subjects {
    /** With this worker's engine. */
    public WorkerSubjects(ModelEndpoints endpoints) {
        this(new EngineSubjects(), endpoints);
    }

    @Override
    public Subject open(Candidate candidate) {
        Candidate.Hosted hosted = candidate.hosted();
        return hosted == null
                ? engine.open(candidate)
                : new EndpointSubject(new RowAnswers(EndpointCompletions.of(
                        endpoints, "evaluate: the " + candidate.name(), hosted.endpoint(), hosted.model())));
    }
}
