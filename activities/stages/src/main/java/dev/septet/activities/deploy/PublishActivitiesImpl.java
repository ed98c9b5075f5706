package dev.septet.activities.deploy;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.deploy.AliasHistory.Move;
import dev.septet.activities.deploy.AliasHistory.Target;
import dev.septet.activities.deploy.publication.Exported;
import dev.septet.activities.deploy.publication.TargetFiles;
import dev.septet.activities.deploy.publication.Targets;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.serving.Endpoint;
import dev.septet.activities.serving.Endpoints;
import dev.septet.activities.serving.GateBaseline;
import dev.septet.activities.serving.Route;
import dev.septet.activities.serving.RouteStep;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.TrialLease;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Disk;
import dev.septet.dsl.pipeline.HttpSpec;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.deploy.CanarySpec;
import dev.septet.dsl.pipeline.deploy.FormExamPart;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.Approval;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.ChainReport;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.DeploymentRef.Published;
import dev.septet.workflows.artifact.ExportRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.deploy.DeployRequest;
import dev.septet.workflows.deploy.Publication;
import dev.septet.workflows.deploy.PublishActivities;
import io.temporal.activity.Activity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/** The deploy stage's file work: versions, aliases and routes. */
public final class PublishActivitiesImpl implements PublishActivities {
    private static final String HTTP = "http";

    private final ArtifactStore store;
    private final DeclaredTargets declared;
    private final TargetPlaces places;
    private final Routes routes;
    private final Aliases aliases;
    private final Endpoints endpoints;
    private final Owners owners;

    /**
     * For a worker.
     *
     * @param environment environment variables of the worker, with the access keys of buckets
     */
    public PublishActivitiesImpl(ArtifactStore store, PipelineFiles files, Map<String, String> environment) {
        this(store, files, environment, pipeline -> true);
    }

    /**
     * For a worker.
     *
     * @param environment environment variables of the worker, with the access keys of buckets
     * @param served whether the catalogue has a pipeline: other pipelines no longer own folders and
     *     ports
     */
    public PublishActivitiesImpl(
            ArtifactStore store, PipelineFiles files, Map<String, String> environment, Predicate<String> served) {
        this(store, files, new TargetPlaces(new Disk(), environment), served);
    }

    /** With other target places; for tests. */
    PublishActivitiesImpl(ArtifactStore store, PipelineFiles files, TargetPlaces places) {
        this(store, files, places, pipeline -> true);
    }

    private PublishActivitiesImpl(
            ArtifactStore store, PipelineFiles files, TargetPlaces places, Predicate<String> served) {
        this.store = store;
        this.declared = new DeclaredTargets(files);
        this.places = places;
        this.routes = new Routes(store);
        this.aliases = new Aliases(store, places);
        this.endpoints = new Endpoints(store);
        this.owners = new Owners(aliases, endpoints, served);
    }

    @Override
    public Publication publish(DeployRequest request, ExportRef export, List<Approval> approvals) {
        return attempt(request, RouteStep.PUBLISH, attempt -> publish(request, export, attempt));
    }

    @Override
    public void challenge(DeployRequest request, Publication publication) {
        CanarySpec canary = Objects.requireNonNull(request.spec().canary());
        attempt(request, RouteStep.CHALLENGE, attempt -> {
            String champion = publication.champion();
            return routes.challenge(
                    request.run().pipeline(),
                    variant(request, publication.artifact()),
                    canary.share(),
                    TrialLease.end(Activity.getExecutionContext().getInfo().getScheduledTimestamp(), canary.hold()),
                    judged(request).champion() == null ? new GateBaseline(champion) : judged(request),
                    attempt.fence());
        });
    }

    @Override
    public DeploymentRef promote(DeployRequest request, Publication publication) {
        return attempt(request, RouteStep.PROMOTE, attempt -> {
            RunRef run = request.run();
            owners.check(
                    run.pipeline(), targets(request), Endpoint.of(request.spec().targets()));
            Variant variant = variant(request, publication.artifact());
            if (request.spec().canary() != null && publication.challenges()) {
                routes.promote(run.pipeline(), variant, attempt.fence());
            } else {
                routes.publish(run.pipeline(), variant, judged(request), attempt.fence());
            }
            endpoints.set(run.pipeline(), Endpoint.of(request.spec().targets()), attempt.fence());
            Move move = aliases.publish(
                    run.pipeline(), targets(request), publication.artifact().sha256(), run.runId(), attempt.fence());
            return new DeploymentRef(
                    publication.artifact(),
                    publication.published(),
                    move.previous(),
                    ChainReport.EMPTY,
                    List.of(),
                    origin(run, publication, move));
        });
    }

    @Override
    public void rollBack(DeployRequest request, Publication publication) {
        attempt(request, RouteStep.ROLL_BACK, attempt -> {
            RunRef run = request.run();
            ArtifactRef artifact = publication.artifact();
            String champion = publication.champion();
            if (champion != null && publication.challenges()) {
                routes.withdraw(
                        run.pipeline(),
                        variant(request, artifact),
                        routes.known(run.pipeline(), champion),
                        attempt.fence());
            }
            aliases.withdraw(
                    run.pipeline(), targets(request), artifact.sha256(), champion, run.runId(), attempt.fence());
            return publication;
        });
    }

    private Publication publish(DeployRequest request, ExportRef export, Attempt attempt) throws IOException {
        RunRef run = request.run();
        owners.check(
                run.pipeline(), targets(request), Endpoint.of(request.spec().targets()));
        String sha256 = export.artifact().sha256();
        Path exported = store.fetch(export.artifact());
        store.fetch(request.evaluation().artifact());
        if (request.exam() != null) {
            ExaminedFiles.check(exported, FormExamPart.words(request.exam()));
        }
        List<Published> published = new ArrayList<>();
        for (TargetSpec spec : request.spec().targets()) {
            attempt.heartbeats()
                    .reportAndCheck(Progress.of(
                            "publishing",
                            published.size(),
                            request.spec().targets().size(),
                            "targets"));
            if (spec instanceof HttpSpec) {
                published.add(new Published(HTTP, spec.place())); // served from the store itself
                continue;
            }
            TargetFiles target = Targets.of(spec);
            Map<String, Path> contents =
                    target.files(spec, new Exported(run.pipeline(), exported), store.scratch(attempt.fence()));
            TargetPlace place = places.open(declared.of(run, spec));
            var unused = aliases.adding(run.pipeline(), sha256, () -> {
                place.add(VersionFolder.version(sha256), contents);
                return place;
            });
            place.verify(
                    VersionFolder.version(sha256), export.answers() == null ? null : store.fetch(export.answers()));
            published.add(new Published(target.type(), place.location()));
        }
        Variant champion = routes.route(run.pipeline()).map(Route::champion).orElse(null);
        judged(request).check(run.pipeline(), champion);
        return new Publication(
                export.artifact(),
                published,
                champion == null ? null : champion.sha256(),
                export.origin().key());
    }

    private List<Target> targets(DeployRequest request) throws IOException {
        return declared.of(request.run(), request.spec());
    }

    private static GateBaseline judged(DeployRequest request) {
        return new GateBaseline(request.evaluation().champion());
    }

    private static Variant variant(DeployRequest request, ArtifactRef export) {
        return new Variant(
                VersionFolder.version(export.sha256()),
                export,
                request.checkpoint().adapter() ? request.model().artifact() : null,
                request.run().runId());
    }

    private static Origin origin(RunRef run, Publication publication, Move move) {
        boolean before = !move.runId().equals(run.runId());
        return new Origin(
                publication.key(),
                before && !move.runId().isEmpty() ? move.runId() : null,
                before
                        ? "unchanged: the alias points at this export already"
                        : "the alias points at this run's export now");
    }

    private <R> R attempt(DeployRequest request, RouteStep step, Attempt.Work<R> work) {
        StagePolicy policy = request.spec().policy();
        return Attempt.of(
                store,
                request.run(),
                "route",
                step.number(),
                step == RouteStep.ROLL_BACK ? policy.endless() : policy,
                work);
    }
}
