package dev.septet.dsl.pipeline.track;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * An MLflow tracking server.
 *
 * @param tracker the operator's name for the server
 * @param experiment name of the experiment; null = the pipeline's name
 * @param register name of the registered model that gets a version for each published model; null = none is registered
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MlflowSpec(
        String tracker,
        @Nullable String experiment,
        @Nullable String register) implements TrackerSpec {
    /** Servers for many people name experiments by paths, such as {@code /Users/me/support}. */
    private static final String EXPERIMENT = "[A-Za-z0-9/][A-Za-z0-9 @._/-]{0,127}";

    private static final String MODEL = "[A-Za-z0-9][A-Za-z0-9 ._-]{0,127}";

    public MlflowSpec {
        require(
                tracker.matches(NAME_PATTERN),
                "mlflow: a tracker's name has letters, digits, '-' and '_', got '%s'; the operator's file has its address",
                tracker);
        require(
                experiment == null || experiment.matches(EXPERIMENT),
                "mlflow experiment: is a name or a path such as /Users/me/support, at most 128 characters, got '%s'",
                experiment);
        require(
                register == null || register.matches(MODEL),
                "mlflow register: has letters, digits, spaces and '._-', at most 128 of them, got '%s'",
                register);
    }

    @Override
    public String written() {
        return "mlflow('" + tracker + "')";
    }

    @Override
    public boolean writesFiles() {
        return false;
    }
}
