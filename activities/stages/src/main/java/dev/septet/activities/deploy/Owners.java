package dev.septet.activities.deploy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.deploy.AliasHistory.Target;
import dev.septet.activities.serving.Endpoint;
import dev.septet.activities.serving.Endpoints;
import dev.septet.activities.store.bucket.S3Address;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The owners of folders, bucket prefixes and ports. The owner is the pipeline that published there
 * last by the store's records, as long as the catalogue has that pipeline.
 *
 * @param served whether the catalogue has a pipeline of this name
 */
record Owners(Aliases aliases, Endpoints endpoints, Predicate<String> served) {
    /**
     * Checks that no other pipeline owns one of a pipeline's targets.
     *
     * @throws StageProblem POLICY_DENIED naming the other pipeline
     */
    void check(String pipeline, List<Target> targets, @Nullable Endpoint endpoint) throws IOException {
        for (String other : aliases.pipelines()) {
            if (other.equals(pipeline) || !served.test(other)) {
                continue;
            }
            for (Target theirs : aliases.history(other).targets()) {
                for (Target ours : targets) {
                    if (overlap(ours, theirs)) {
                        throw conflict(ours.folder(), other, "name another folder");
                    }
                    if (sameAdapter(ours, theirs)) {
                        throw conflict(
                                "the adapter '%s' at the endpoint '%s'".formatted(ours.name(), ours.server()),
                                other,
                                "write another `name:`");
                    }
                }
            }
        }
        if (endpoint == null) {
            return;
        }
        for (Map.Entry<String, Endpoint> other : endpoints.all().entrySet()) {
            Endpoint theirs = other.getValue();
            if (!other.getKey().equals(pipeline)
                    && theirs.port() == endpoint.port()
                    && !theirs.equals(endpoint)
                    && served.test(other.getKey())) {
                throw conflict(
                        "port " + endpoint.port(), other.getKey(), "name another port, or the same host and key");
            }
        }
    }

    /** Whether two places are the same, or one contains the other. */
    static boolean overlap(Target ours, Target theirs) {
        boolean bucket = S3Address.names(ours.folder());
        if (bucket != S3Address.names(theirs.folder())) {
            return false;
        }
        if (bucket) {
            String one = ours.folder().replaceAll("/+$", "") + "/";
            String other = theirs.folder().replaceAll("/+$", "") + "/";
            return Objects.equals(ours.endpoint(), theirs.endpoint())
                    && (one.startsWith(other) || other.startsWith(one));
        }
        Path one = Path.of(ours.folder()).toAbsolutePath().normalize();
        Path other = Path.of(theirs.folder()).toAbsolutePath().normalize();
        return one.startsWith(other) || other.startsWith(one);
    }

    /** Whether two targets have the same name at the same vLLM server. */
    static boolean sameAdapter(Target ours, Target theirs) {
        return ours.server() != null
                && ours.server().equals(theirs.server())
                && Objects.equals(ours.name(), theirs.name());
    }

    private static StageProblem conflict(String what, String owner, String next) {
        return new StageProblem(
                FailureType.POLICY_DENIED,
                "deploy: %s belongs to pipeline '%s', which publishes there: %s".formatted(what, owner, next));
    }
}
