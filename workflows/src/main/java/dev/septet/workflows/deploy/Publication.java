package dev.septet.workflows.deploy;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DeploymentRef.Published;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model that is ready in every target, whether or not it answers requests.
 *
 * @param artifact the export
 * @param champion sha256 of the export that answered requests when this one became ready, null when none did
 * @param key digest of everything that the export depends on
 * @param seal proof that this run published it after the gate and the people approved it; null in older histories
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Publication(
        ArtifactRef artifact,
        List<Published> published,
        @Nullable String champion,
        String key,
        @Nullable String seal) {
    public Publication {
        published = List.copyOf(published);
    }

    /** A publication without a seal. */
    public Publication(ArtifactRef artifact, List<Published> published, @Nullable String champion, String key) {
        this(artifact, published, champion, key, null);
    }

    /** The same publication with its seal. */
    public Publication sealed(String by) {
        return new Publication(artifact, published, champion, key, by);
    }

    /** Whether there is a champion that is another model than this one. */
    public boolean challenges() {
        return champion != null && !champion.equals(artifact.sha256());
    }
}
