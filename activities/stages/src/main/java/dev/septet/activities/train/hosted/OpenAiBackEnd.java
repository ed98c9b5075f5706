package dev.septet.activities.train.hosted;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.endpoint.EndpointClient;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.train.BackEnd;
import dev.septet.activities.train.TrainingContext;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.dsl.pipeline.train.ServiceRules;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A service with OpenAI's fine-tuning API as the back end of the train stage. What it must remember is in the artifact
 * store, so any worker can follow the job.
 *
 * @param settles how long a creation whose answer is unknown may take until the service lists the job
 */
public record OpenAiBackEnd(ModelEndpoints endpoints, OpenAiSpec spec, Duration settles) implements BackEnd {
    private static final Duration SETTLES = Duration.ofMinutes(5);

    /** The back end of a pipeline's word. */
    public OpenAiBackEnd(ModelEndpoints endpoints, OpenAiSpec spec) {
        this(endpoints, spec, SETTLES);
    }

    private String where() {
        return "train: by " + spec.written();
    }

    /** With the address: another service of the same name trains another model. */
    @Override
    public String fingerprint() {
        return "openai 1 %s %s"
                .formatted(endpoints.service(where(), spec.endpoint()).address(), spec.model());
    }

    @Override
    public void check(TrainSpec train) {
        endpoints.service(where(), spec.endpoint());
        endpoints.allowing(where(), spec.endpoint(), spec.model());
        for (ServiceRules.Objection objection : ServiceRules.of(train, word -> false)) {
            throw StageProblem.invalid(
                    "%s: %s: %s. %s".formatted(where(), objection.word(), objection.why(), objection.hint()));
        }
    }

    @Override
    public WorkerResources resources() {
        return WorkerResources.NONE;
    }

    @Override
    public boolean showsLosses() {
        return endpoints.service(where(), spec.endpoint()).logprobs();
    }

    @Override
    public Result train(TrainRequest request, TrainingContext context, Path export) throws IOException {
        FineTuning training = training(request, context);
        if (!training.begun()) {
            check(request.spec()); // the operator's lists do not end a job that exists
        }
        return training.round(export);
    }

    @Override
    public void end(TrainRequest request, TrainingContext context) throws IOException {
        if (JobRecord.read(context).isPresent()) {
            training(request, context).end();
        }
    }

    @Override
    public void clear(TrainRequest request, TrainingContext context) throws IOException {
        if (JobRecord.read(context).isPresent()) {
            training(request, context).clear();
        }
    }

    private FineTuning training(TrainRequest request, TrainingContext context) throws IOException {
        EndpointClient client = endpoints.client(endpoints.service(where(), spec.endpoint()));
        return new FineTuning(spec, request, context, client, settles);
    }
}
