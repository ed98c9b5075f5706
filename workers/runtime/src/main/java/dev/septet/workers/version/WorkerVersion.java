package dev.septet.workers.version;

import dev.septet.settings.Setting;
import io.temporal.common.VersioningBehavior;
import io.temporal.common.WorkerDeploymentVersion;
import io.temporal.worker.WorkerDeploymentOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The version of a worker: a build within a worker deployment. Runs that begin on it end on it. Workflows that live for
 * months move to the deployment's current version.
 *
 * @param deployment name of the worker deployment: all workers that share the task queues
 * @param buildId name of the build
 */
public record WorkerVersion(String deployment, String buildId) {
    /** The deployment of workers that name none. */
    public static final String DEFAULT_DEPLOYMENT = "septet";

    /** The build id that stands for the digest of the program's files. */
    public static final String AUTO = "auto";

    /** Between the deployment and the build in Temporal's texts; neither may contain it. */
    private static final String DELIMITER = ":";

    private static final Pattern DEPLOYMENT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,62}");
    private static final Pattern BUILD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,62}");

    /**
     * A version with names that Septet's workers may have. Versions that the server reports may be another program's.
     *
     * @throws IllegalArgumentException with a message for users
     */
    public static WorkerVersion checked(String deployment, String buildId) {
        require(DEPLOYMENT, "a deployment's name has 1 to 63 letters, digits, hyphens and underscores", deployment);
        require(BUILD, "a build id has 1 to 63 letters, digits and . _ + -", buildId);
        return new WorkerVersion(deployment, buildId);
    }

    /**
     * The version that the options and the environment name; null without a build id.
     *
     * @param buildId the option, null = not given
     * @param deployment the option, null = not given
     * @param program the files of the program, whose digest the build id {@link #AUTO} stands for
     * @throws IllegalArgumentException with a message for users
     */
    public static @Nullable WorkerVersion of(
            @Nullable String buildId,
            @Nullable String deployment,
            Map<String, String> environment,
            List<Path> program) {
        String id = buildId == null ? Setting.BUILD_ID.text(environment) : buildId;
        String named = deployment == null ? Setting.DEPLOYMENT.text(environment) : deployment;
        if (id.isEmpty()) {
            if (deployment != null) {
                throw new IllegalArgumentException(
                        "--deployment names the deployment of a version; add --build-id ID, or leave it out");
            }
            return null;
        }
        return checked(named.isEmpty() ? DEFAULT_DEPLOYMENT : named, id.equals(AUTO) ? BuildDigest.id(program) : id);
    }

    /** Temporal's text of the version, such as {@code septet:1.4.0}. */
    public String text() {
        return deployment + DELIMITER + buildId;
    }

    /** The options of the version's workers. Runs are pinned; a workflow class may choose otherwise. */
    public WorkerDeploymentOptions options() {
        return WorkerDeploymentOptions.newBuilder()
                .setUseVersioning(true)
                .setVersion(new WorkerDeploymentVersion(deployment, buildId))
                .setDefaultVersioningBehavior(VersioningBehavior.PINNED)
                .build();
    }

    private static void require(Pattern pattern, String rule, String found) {
        if (!pattern.matcher(found).matches()) {
            throw new IllegalArgumentException("%s, got '%s'".formatted(rule, found));
        }
    }
}
