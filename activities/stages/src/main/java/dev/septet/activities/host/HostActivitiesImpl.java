package dev.septet.activities.host;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.Failures;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.deploy.AliasHistory;
import dev.septet.activities.deploy.Aliases;
import dev.septet.activities.review.ReviewedRows;
import dev.septet.activities.serving.Endpoints;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.bucket.S3Address;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.host.Host;
import dev.septet.workflows.host.HostActivities;
import io.temporal.activity.Activity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Looks up a pipeline's host in the store, and claims a pipeline that has none for this machine.
 */
public final class HostActivitiesImpl implements HostActivities {
    private final ArtifactStore store;
    private final Host thisHost;
    private final AuditLogs logs;
    private final ReviewedRows reviewed;
    private final Hosts hosts;
    private final Aliases aliases;
    private final Endpoints endpoints;

    /**
     * For a worker of a machine that shares its store.
     *
     * @param thisHost the machine's host
     * @param environment environment variables of the worker
     */
    public HostActivitiesImpl(
            ArtifactStore store,
            Host thisHost,
            AuditLogs logs,
            ReviewedRows reviewed,
            Map<String, String> environment) {
        this.store = store;
        this.thisHost = thisHost;
        this.logs = logs;
        this.reviewed = reviewed;
        this.hosts = new Hosts(store);
        this.aliases = new Aliases(store, environment);
        this.endpoints = new Endpoints(store);
    }

    @Override
    public Host host(RunRef run) {
        try {
            String pipeline = run.pipeline();
            Host known = hosts.of(pipeline).orElse(null);
            if (known != null) {
                return known;
            }
            if (!hasFiles(pipeline) && published(pipeline)) {
                throw new StageProblem(
                        FailureType.ELSEWHERE,
                        "pipeline '%s' has no host yet, and its files are not on %s: start a worker on the machine that has them, or run `septet adopt %s` on the machine that should be the host"
                                .formatted(pipeline, thisHost.name(), pipeline));
            }
            return Attempt.inside(
                    store,
                    run,
                    "host/" + Activity.getExecutionContext().getInfo().getActivityId(),
                    0,
                    attempt -> hosts.claim(pipeline, thisHost, attempt.fence()));
        } catch (IOException | RuntimeException problem) {
            throw Failures.of(problem);
        }
    }

    /** Whether this machine has files of the pipeline: served, reviewed or published ones. */
    private boolean hasFiles(String pipeline) throws IOException {
        return Files.exists(logs.folder(pipeline))
                || Files.exists(reviewed.file(pipeline))
                || folders(pipeline).stream().anyMatch(folder -> Files.exists(Path.of(folder)));
    }

    /** Whether an earlier version published the pipeline into files of one machine. */
    private boolean published(String pipeline) throws IOException {
        return !folders(pipeline).isEmpty() || endpoints.all().containsKey(pipeline);
    }

    private List<String> folders(String pipeline) throws IOException {
        return aliases.history(pipeline).targets().stream()
                .map(AliasHistory.Target::folder)
                .filter(folder -> !S3Address.names(folder))
                .toList();
    }
}
