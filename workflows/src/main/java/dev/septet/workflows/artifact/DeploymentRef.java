package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What is published, and what it replaced.
 *
 * @param artifact the published export
 * @param previous sha256 of the export that the alias pointed at before, null for the first
 * @param approvals who said yes to it, in their order; empty where nobody was asked
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeploymentRef(
        ArtifactRef artifact,
        List<Published> published,
        @Nullable String previous,
        List<Approval> approvals,
        Origin origin) {
    @SuppressWarnings("NullAway") // a tolerant reader: absent in JSON is null here
    public DeploymentRef {
        approvals = approvals == null ? List.of() : List.copyOf(approvals);
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
