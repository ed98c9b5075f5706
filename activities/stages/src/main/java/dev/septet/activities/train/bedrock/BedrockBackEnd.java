package dev.septet.activities.train.bedrock;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.endpoint.BedrockAccount;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.operator.DeclaredOption;
import dev.septet.activities.train.BackEnd;
import dev.septet.activities.train.TrainingContext;
import dev.septet.dsl.pipeline.backend.BedrockSpec;
import dev.septet.dsl.pipeline.train.ServiceRules;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Amazon Bedrock as the back end of the train stage. What it must remember is in the artifact store, so any worker can
 * follow the job.
 *
 * @param settles how long Bedrock may not show what it has shown or accepted before
 */
public record BedrockBackEnd(ModelEndpoints endpoints, BedrockSpec spec, Duration settles) implements BackEnd {
    private static final Duration SETTLES = Duration.ofMinutes(5);

    /** The back end of a pipeline's word. */
    public BedrockBackEnd(ModelEndpoints endpoints, BedrockSpec spec) {
        this(endpoints, spec, SETTLES);
    }

    private String where() {
        return "train: by " + spec.written();
    }

    /** With the region: models of other regions may differ. The address of a proxy changes nothing. */
    @Override
    public String fingerprint() {
        BedrockAccount account = endpoints.bedrock(where());
        BedrockAccount.Model model = account.models().get(spec.model());
        // A model that the operator removed during a job has the default, so that most such jobs keep their key.
        BedrockAccount.Rows rows = model == null ? BedrockAccount.Rows.CONVERSATION : model.rows();
        return "bedrock 1 %s %s %s".formatted(account.region(), spec.model(), rows);
    }

    @Override
    public void check(TrainSpec train) {
        endpoints.allowing(where(), BedrockAccount.NAME, spec.model());
        BedrockAccount.Model model =
                Objects.requireNonNull(endpoints.bedrock(where()).models().get(spec.model()));
        for (ServiceRules.Objection objection : ServiceRules.of(train, word -> false)) {
            throw StageProblem.invalid(
                    "%s: %s: %s. %s".formatted(where(), objection.word(), objection.why(), objection.hint()));
        }
        Map<String, DeclaredOption> declared = model.hyperparameters();
        List<String> problems = new ArrayList<>();
        spec.hyperparameters().forEach((name, value) -> {
            DeclaredOption option = declared.get(name);
            String objection = option == null
                    ? "is not a hyperparameter that the operator's file declares for this model; it declares %s"
                            .formatted(declared.isEmpty() ? "none" : String.join(", ", declared.keySet()))
                    : option.objection(value);
            if (objection != null) {
                problems.add("%s: %s".formatted(name, objection));
            }
        });
        if (!problems.isEmpty()) {
            throw StageProblem.invalid(
                    "%s: %s; correct `hyperparameters` in the pipeline file, or ask the operator to declare them"
                            .formatted(where(), String.join("; ", problems)));
        }
    }

    @Override
    public WorkerResources resources() {
        return WorkerResources.NONE;
    }

    /** Bedrock shows no log-probabilities. */
    @Override
    public boolean showsLosses() {
        return false;
    }

    @Override
    public Result train(TrainRequest request, TrainingContext context, Path export) throws IOException {
        try (BedrockTraining training = training(request, context)) {
            if (!training.begun()) {
                check(request.spec()); // the operator's lists do not end a job that exists
            }
            return training.round(export);
        }
    }

    @Override
    public void end(TrainRequest request, TrainingContext context) throws IOException {
        if (BedrockRecord.read(context).isPresent()) {
            try (BedrockTraining training = training(request, context)) {
                training.end();
            }
        }
    }

    @Override
    public void clear(TrainRequest request, TrainingContext context) throws IOException {
        if (BedrockRecord.read(context).isPresent()) {
            try (BedrockTraining training = training(request, context)) {
                training.clear();
            }
        }
    }

    private BedrockTraining training(TrainRequest request, TrainingContext context) throws IOException {
        BedrockAccount account = endpoints.bedrock(where());
        return new BedrockTraining(spec, request, context, account, endpoints, settles);
    }
}
