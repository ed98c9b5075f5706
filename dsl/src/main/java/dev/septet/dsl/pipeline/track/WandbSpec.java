package dev.septet.dsl.pipeline.track;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A folder of offline runs that {@code wandb sync} uploads.
 *
 * @param path the folder; each run has a folder in it
 * @param project name of the project; null = the pipeline's name
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WandbSpec(String path, @Nullable String project) implements TrackerSpec {
    private static final String PROJECT = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}";

    public WandbSpec {
        require(!path.isBlank(), "wandb needs a folder");
        require(
                project == null || project.matches(PROJECT),
                "wandb project: has letters, digits and '._-', at most 128 of them, got '%s'",
                project);
    }

    @Override
    public String written() {
        return "wandb('" + path + "')";
    }

    @Override
    public boolean writesFiles() {
        return true;
    }
}
