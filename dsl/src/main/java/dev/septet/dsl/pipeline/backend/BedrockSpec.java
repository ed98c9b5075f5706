package dev.septet.dsl.pipeline.backend;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.PlainOptions;
import java.util.Map;

/**
 * A model customization job of Amazon Bedrock.
 *
 * @param model base model, as Bedrock names it
 * @param hyperparameters what the file sets, by Bedrock's names: texts, booleans, {@code Long} and {@code Double}; Bedrock
 *     chooses the others
 */
public record BedrockSpec(
        String model,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Object> hyperparameters) implements BackEndSpec {
    /** Identifiers of Bedrock's foundation models, such as {@code amazon.nova-micro-v1:0:128k}. */
    public static final String MODEL_PATTERN =
            "[a-z0-9-]{1,63}\\.[a-z0-9-]{1,63}(\\.[a-z0-9-]{1,63})?(:[a-z0-9-]{1,63}){0,2}";

    /** Names of hyperparameters, such as {@code learningRate}. */
    public static final String NAME_PATTERN = "[A-Za-z][A-Za-z0-9_-]{0,63}";

    /** The hyperparameter that {@code epochs} of {@code train} sets. */
    public static final String EPOCHS = "epochCount";

    /** Epochs of the longest job. */
    public static final int MOST_EPOCHS = 100;

    public BedrockSpec {
        require(model.matches(MODEL_PATTERN), "'%s' is not a model of Bedrock", model);
        hyperparameters = PlainOptions.canonical(hyperparameters);
        for (String name : hyperparameters.keySet()) {
            require(name.matches(NAME_PATTERN), "'%s' is not a hyperparameter's name", name);
            require(!name.equals(EPOCHS), "the hyperparameter %s is set by `epochs`", EPOCHS);
        }
    }

    @Override
    public String written() {
        return "bedrock(model: '%s')".formatted(model);
    }

    /** The job runs at the service. */
    @Override
    public boolean onCluster() {
        return true;
    }

    @Override
    public boolean keepsModel() {
        return true;
    }

    /** Bedrock takes no commands for a job, except to stop it, which leaves no model. */
    @Override
    public boolean takesCommands() {
        return false;
    }
}
