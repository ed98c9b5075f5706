package dev.septet.workflows.deploy;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DeploymentRef.Published;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model that lies ready in every target, whether or not anybody is answered by it.
 *
 * @param artifact the export
 * @param champion sha256 of the export that answered when this one was made ready, null when none
 *     did
 * @param key digest of everything that the export depends on
 * @param seal proof that this run put it there, with the gate's yes and the people's; null in older
 *     histories
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

    /** One without its seal. */
    public Publication(ArtifactRef artifact, List<Published> published, @Nullable String champion, String key) {
        this(artifact, published, champion, key, null);
    }

    /** The same with its seal. */
    public Publication sealed(String by) {
        return new Publication(artifact, published, champion, key, by);
    }

    /** Whether there is a champion, and it is another model than this one. */
    public boolean challenges() {
        return champion != null && !champion.equals(artifact.sha256());
    }
}
