package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The published model, and the model that it replaced.
 *
 * @param artifact the published export
 * @param previous sha256 of the export that the alias pointed at before, null for the first
 * @param chain proof of every link, from the adapter to the model that answers requests
 * @param approvals the approvals of the model, in their order; empty when none were required
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeploymentRef(
        ArtifactRef artifact,
        List<Published> published,
        @Nullable String previous,
        ChainReport chain,
        List<Approval> approvals,
        Origin origin)
        implements HasOrigin {
    @SuppressWarnings("NullAway") // a tolerant reader: absent in JSON is null here
    public DeploymentRef {
        chain = chain == null ? ChainReport.EMPTY : chain;
        approvals = approvals == null ? List.of() : List.copyOf(approvals);
        published = List.copyOf(published);
    }

    /** The same deployment, with the proof of its chain. */
    public DeploymentRef withProof(ChainReport proof) {
        return new DeploymentRef(artifact, published, previous, proof, approvals, origin);
    }

    /** The same deployment, with its approvals. */
    public DeploymentRef approvedBy(List<Approval> people) {
        return new DeploymentRef(artifact, published, previous, chain, people, origin);
    }

    /**
     * The publication to one target.
     *
     * @param type the target's name in the language, such as {@code directory}
     * @param location path or address of the model
     */
    public record Published(String type, String location) {}
}
