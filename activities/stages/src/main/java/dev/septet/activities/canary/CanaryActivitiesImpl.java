package dev.septet.activities.canary;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.Failures;
import dev.septet.activities.attempt.Heartbeats;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.audit.Arm;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditedTrial;
import dev.septet.activities.audit.ServedBy;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.secret.Secrets;
import dev.septet.activities.serving.Route;
import dev.septet.activities.serving.RouteStep;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.TrialLease;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.canary.CanaryActivities;
import dev.septet.workflows.canary.CanaryFinding;
import dev.septet.workflows.canary.CanaryReading;
import dev.septet.workflows.canary.CanaryTrial;
import io.temporal.activity.Activity;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Checks trials, on the machine whose server writes the audit log. */
public final class CanaryActivitiesImpl implements CanaryActivities {
    private final ArtifactStore store;
    private final Routes routes;
    private final AuditLogs logs;
    private final CanaryProbes probes;

    /**
     * For the light worker.
     *
     * @param environment environment variables of the worker, for its server's API key
     */
    public CanaryActivitiesImpl(
            ArtifactStore store, AuditLogs logs, PipelineFiles files, Map<String, String> environment) {
        this.store = store;
        this.probes = new CanaryProbes(store, files, new Secrets(environment));
        this.routes = new Routes(store);
        this.logs = logs;
    }

    @Override
    public long cursor(RunRef run) {
        try {
            return logs.reader(run.pipeline()).end();
        } catch (IOException | RuntimeException problem) {
            throw Failures.of(problem);
        }
    }

    @Override
    public CanaryReading check(CanaryTrial trial) {
        try (Heartbeats heartbeats =
                new Heartbeats(Activity.getExecutionContext(), trial.run().ticket())) {
            heartbeats.reportAndCheck(Progress.of("canary", trial.elapsedSeconds(), trial.holdSeconds(), "seconds"));
            Route route = onTrial(trial);
            Variant challenger = Objects.requireNonNull(route.challenger());
            renew(trial, route, challenger);
            String champion = trial.champion();
            AuditedTrial audited = AuditedTrial.read(
                    logs.reader(trial.run().pipeline()),
                    trial.cursor(),
                    answer -> concerns(answer, trial, challenger, champion));
            CanaryReading reading = new CanaryCheck(trial.spec(), trial.looks()).read(audited);
            Optional<CanaryFinding> probed = probes.finding(
                    trial,
                    route,
                    answers -> heartbeats.reportAndCheck(
                            Progress.of("probe", answers, 2L * CanaryProbe.MAX_ROWS, "answers")));
            List<CanaryFinding> findings = new ArrayList<>(reading.findings());
            probed.ifPresent(findings::add);
            return new CanaryReading(reading.champion(), reading.challenger(), findings);
        } catch (IOException | RuntimeException problem) {
            throw Failures.of(problem);
        }
    }

    /**
     * Requires that the model is still on trial: a person or another run may have ended the trial.
     */
    private Route onTrial(CanaryTrial trial) throws IOException {
        String pipeline = trial.run().pipeline();
        Route route = routes.route(pipeline).orElse(null);
        Variant onTrial = route == null ? null : route.challenger();
        if (onTrial == null || !onTrial.sha256().equals(trial.challenger())) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED,
                    "model %s is not on trial for '%s' any more: the route was changed by hand or by another run"
                            .formatted(trial.challenger().substring(0, 12), pipeline));
        }
        return Objects.requireNonNull(route);
    }

    /** Renews the route's lease when the trial was extended. */
    private void renew(CanaryTrial trial, Route route, Variant challenger) {
        long end = TrialLease.end(
                Activity.getExecutionContext().getInfo().getScheduledTimestamp(),
                Duration.ofSeconds(trial.holdSeconds() - trial.elapsedSeconds()));
        if (TrialLease.isProlonged(route, end)) {
            Attempt.inside(
                    store,
                    trial.run(),
                    "route",
                    RouteStep.RENEW.number(),
                    attempt -> routes.renew(route.pipeline(), challenger, end, attempt.fence()));
        }
    }

    private static boolean concerns(ServedBy answer, CanaryTrial trial, Variant challenger, String champion) {
        boolean tried = answer.arm() == Arm.CHALLENGER;
        return answer.pipeline().equals(trial.run().pipeline())
                && (tried ? answer.version().equals(challenger.version()) : champion.startsWith(answer.version()));
    }
}
