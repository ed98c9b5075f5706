package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What is published, and what it replaced.
 *
 * @param artifact the published export
 * @param previous sha256 of the export that the alias pointed at before, null for the first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeploymentRef(
        ArtifactRef artifact, List<Published> published, @Nullable String previous, Origin origin) {
    public DeploymentRef {
        published = List.copyOf(published);
    }

    /**
     * One target's publication.
     *
     * @param type the target's name in the language, such as {@code directory}
     * @param location path or address where the model is
     */
    public record Published(String type, String location) {}
}
