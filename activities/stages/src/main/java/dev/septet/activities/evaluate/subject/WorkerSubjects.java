package dev.septet.activities.evaluate.subject;

import dev.septet.activities.endpoint.EndpointCompletions;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.endpoint.RowAnswers;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.quota.EndpointUse;
import dev.septet.llm.model.config.ModelConfig;

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
    public boolean measuresLosses(Candidate candidate) {
        Candidate.Hosted hosted = candidate.hosted();
        return hosted == null
                || endpoints
                        .endpoint("evaluate: the " + candidate.name(), hosted.endpoint())
                        .logprobs();
    }

    @Override
    public String address(Candidate candidate) {
        Candidate.Hosted hosted = candidate.hosted();
        return hosted == null
                ? ""
                : endpoints
                        .endpoint("evaluate: the " + candidate.name(), hosted.endpoint())
                        .address();
    }

    @Override
    public Subject open(Candidate candidate) {
        Candidate.Hosted hosted = candidate.hosted();
        if (hosted == null) {
            return engine.open(candidate);
        }
        EndpointCompletions model = EndpointCompletions.of(
                endpoints, "evaluate: the " + candidate.name(), hosted.endpoint(), hosted.model());
        return new EndpointSubject(
                new RowAnswers(model, EndpointUse.of(endpoints, model)),
                measuresLosses(candidate)
                        ? new ModelRowEncoder(
                                candidate.folder(),
                                ModelConfig.read(candidate.folder()).maxPositions())
                        : null);
    }
}
