package dev.septet.dsl.pipeline.deploy;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import org.jspecify.annotations.Nullable;

/**
 * A folder with the model, its chat template and the arguments for vLLM.
 *
 * @param endpoint name of a running vLLM server in the operator's file, which loads the adapter; null = only the folder
 * @param name the adapter's name at the server; null = the pipeline's name
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VllmSpec(
        String path, @Nullable String endpoint, @Nullable String name) implements FolderTargetSpec {
    /** Names of adapters at a server. Septet adds {@code @} and the version. */
    private static final String NAME_PATTERN = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

    public VllmSpec {
        require(!path.isBlank(), "vllm needs a path");
        require(
                endpoint == null || endpoint.matches(OpenAiSpec.ENDPOINT_PATTERN),
                "endpoint: is the name of a server in the operator's file, such as 'cluster', got '%s'",
                endpoint);
        require(
                name == null || name.matches(NAME_PATTERN),
                "name: has letters, digits, '.', '_', '-', at most 64, got '%s'",
                name);
        require(
                name == null || endpoint != null,
                "name: is the adapter's name at a running server; write `endpoint:` too, such as endpoint: 'cluster'");
    }

    /** Only a folder. */
    public VllmSpec(String path) {
        this(path, null, null);
    }

    @Override
    public boolean takesGguf() {
        return false;
    }
}
