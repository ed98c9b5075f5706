package dev.septet.activities.deploy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.deploy.AliasHistory.Target;
import dev.septet.activities.endpoint.ModelEndpoint;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.FileModes;
import dev.septet.activities.store.bucket.S3Address;
import dev.septet.activities.store.bucket.S3Connection;
import dev.septet.activities.store.bucket.S3Folder;
import dev.septet.settings.Setting;
import dev.septet.workflows.FailureType;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Opens the places of targets: folders on this machine, prefixes of buckets.
 *
 * @param environment environment variables with the access keys of buckets and the allowed servers
 */
record TargetPlaces(Disk disk, Map<String, String> environment) {

    TargetPlaces {
        environment = Map.copyOf(environment);
    }

    /**
     * Opens a target's place.
     *
     * @throws StageProblem POLICY_DENIED when a pipeline names a server that the operator does not
     *     allow
     */
    TargetPlace open(Target target) {
        if (!S3Address.names(target.folder())) {
            FileModes modes = modes();
            // A link has the permissions of the store's file, which the group may not read.
            boolean links = modes == FileModes.OWNER
                    && !Setting.TARGET_FILES.text(environment).equals("copy");
            VersionFolder folder = new VersionFolder(Path.of(target.folder()), disk.with(modes), links);
            return target.server() == null ? folder : vllm(target, folder);
        }
        requireAllowed(target);
        Map<String, String> reached = new HashMap<>(environment);
        String endpoint = target.endpoint();
        if (endpoint != null) {
            reached.remove(Setting.AWS_ENDPOINT_URL_S3.variable());
            reached.put(Setting.AWS_ENDPOINT_URL.variable(), endpoint);
        }
        String region = target.region();
        if (region != null) {
            reached.put(Setting.AWS_REGION.variable(), region);
        }
        return new VersionBucket(new S3Folder(S3Connection.of(reached), S3Address.of(target.folder())));
    }

    private VllmPlace vllm(Target target, VersionFolder folder) {
        ModelEndpoints endpoints = ModelEndpoints.of(environment);
        ModelEndpoint endpoint = endpoints.endpoint("deploy: vllm", Objects.requireNonNull(target.server()));
        if (endpoint.seen(Path.of(target.folder())) == null) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED,
                    "deploy: vllm: the operator's file lets the endpoint '%s' load no adapters from %s, only from: %s; let the operator add the folder to its `adapters:`"
                            .formatted(
                                    endpoint.name(),
                                    target.folder(),
                                    endpoint.adapters().isEmpty()
                                            ? "none"
                                            : String.join(
                                                    ", ", endpoint.adapters().keySet())));
        }
        return new VllmPlace(
                folder,
                new VllmServer(endpoints.client(endpoint)),
                Path.of(target.folder()),
                Objects.requireNonNull(target.name()));
    }

    private FileModes modes() {
        try {
            return FileModes.ofTargets(environment);
        } catch (IllegalArgumentException unknown) {
            throw new StageProblem(FailureType.POLICY_DENIED, "deploy: " + unknown.getMessage());
        }
    }

    /**
     * Requires an allowed server: the worker's keys are never sent to a server that only a pipeline
     * file chose.
     */
    void requireAllowed(Target target) {
        String endpoint = target.endpoint();
        if (endpoint == null) {
            return;
        }
        String requested = plain(endpoint);
        boolean allowed = requested.equals(plain(Setting.AWS_ENDPOINT_URL.value(environment)))
                || requested.equals(plain(Setting.AWS_ENDPOINT_URL_S3.value(environment)))
                || List.of(Setting.S3_ENDPOINTS.text(environment).split(",")).stream()
                        .anyMatch(one -> plain(one.strip()).equals(requested));
        if (!allowed) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED,
                    "deploy: s3: this worker sends its keys to no server but those its operator named; let them add %s to %s"
                            .formatted(endpoint, Setting.S3_ENDPOINTS.variable()));
        }
    }

    private static String plain(@Nullable String url) {
        return url == null ? "" : url.replaceAll("/+$", "");
    }
}
