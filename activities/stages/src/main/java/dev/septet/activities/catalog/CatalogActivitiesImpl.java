package dev.septet.activities.catalog;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.Failures;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.quota.Teams;
import dev.septet.activities.recover.RunRecords;
import dev.septet.activities.result.SearchRegister;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.catalog.CatalogActivities;
import dev.septet.workflows.catalog.ResolvedPipeline;
import dev.septet.workflows.resume.Resume;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInfo;
import io.temporal.client.WorkflowClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The catalogue on a worker. */
public final class CatalogActivitiesImpl implements CatalogActivities {
    /** The question needs a connection of its own, which costs more than all else that a resolution does. */
    private static final Duration REMEMBERED = Duration.ofSeconds(10);

    private final Catalog catalog;
    private final boolean sharedStore;
    private final Teams teams;
    private final @Nullable RunRecords records;
    private volatile @Nullable Attributes attributes;

    /** An activity that records no runs. */
    public CatalogActivitiesImpl(Catalog catalog, boolean sharedStore, Teams teams) {
        this(catalog, sharedStore, teams, null);
    }

    /**
     * For a worker.
     *
     * @param sharedStore whether several machines may share the worker's store
     * @param teams the teams of the operator's file
     * @param records where started runs are recorded; null = nowhere
     */
    public CatalogActivitiesImpl(Catalog catalog, boolean sharedStore, Teams teams, @Nullable RunRecords records) {
        this.teams = teams;
        this.catalog = catalog;
        this.sharedStore = sharedStore;
        this.records = records;
    }

    /**
     * The search attributes that the server had at a time.
     *
     * @param client the connection that was asked, compared by identity
     */
    private record Attributes(Object client, List<String> names, long nanos) {}

    @Override
    public ResolvedPipeline resolve(PipelineRequest request, String runId) {
        try {
            Catalog.Resolution found = catalog.resolve(request);
            RunRef run = new RunRef(
                    found.name(),
                    runId,
                    found.folder().toString(),
                    SpecDigest.of(found.spec()),
                    searchable(),
                    from(request.resume()));
            record(request, run);
            RunRef known = sharedStore ? run.withSharedStore() : run;
            return teams.of(found.spec())
                    .map(team -> new ResolvedPipeline(known.withTeam(team.name()), found.spec(), team.share()))
                    .orElseGet(() -> new ResolvedPipeline(known, found.spec()));
        } catch (IOException | RuntimeException problem) {
            throw Failures.of(problem);
        }
    }

    /** Records the run itself, not the parts of a run and the pipelines whose rows it reads. */
    private void record(PipelineRequest request, RunRef run) {
        ActivityInfo info = Activity.getExecutionContext().getInfo();
        RunRecords known = records;
        if (known != null && run.runId().equals(info.getWorkflowRunId())) {
            known.began(
                    new RunRecords.Run(
                            String.valueOf(info.getWorkflowId()),
                            run.runId(),
                            run.pipeline(),
                            run.folder(),
                            run.specDigest(),
                            request,
                            info.getScheduledTimestamp()),
                    Attempt.token(0));
        }
    }

    private static @Nullable String from(@Nullable Resume resume) {
        if (resume != null && resume.first() == null) {
            throw StageProblem.invalid(
                    "resume: there is no stage '%s'; there is %s".formatted(resume.from(), Stage.words()));
        }
        return resume == null ? null : resume.from();
    }

    /**
     * The search attributes that the run's server supports; recorded here, so that the history
     * holds them.
     */
    private List<String> searchable() {
        WorkflowClient client = Activity.getExecutionContext().getWorkflowClient();
        Attributes known = attributes;
        if (known == null || known.client() != client || System.nanoTime() - known.nanos() > REMEMBERED.toNanos()) {
            known = new Attributes(client, new SearchRegister(client).settable(), System.nanoTime());
            attributes = known.names().isEmpty() ? null : known;
        }
        return known.names();
    }
}
