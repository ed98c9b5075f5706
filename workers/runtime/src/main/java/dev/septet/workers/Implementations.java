package dev.septet.workers;

import dev.septet.activities.answer.Teachers;
import dev.septet.activities.approval.AnswerActivitiesImpl;
import dev.septet.activities.approval.ApprovalSettings;
import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.canary.CanaryActivitiesImpl;
import dev.septet.activities.candidate.CandidateActivitiesImpl;
import dev.septet.activities.catalog.Catalog;
import dev.septet.activities.catalog.CatalogActivitiesImpl;
import dev.septet.activities.catalog.QueueActivitiesImpl;
import dev.septet.activities.catalog.RunActivitiesImpl;
import dev.septet.activities.deploy.DeployActivitiesImpl;
import dev.septet.activities.deploy.PublishActivitiesImpl;
import dev.septet.activities.deploy.TargetCheck;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.evaluate.EvaluateActivitiesImpl;
import dev.septet.activities.evaluate.form.FormsExam;
import dev.septet.activities.evaluate.safety.GuardModels;
import dev.septet.activities.evaluate.subject.EngineSubjects;
import dev.septet.activities.evaluate.subject.WorkerSubjects;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.forget.ForgetActivitiesImpl;
import dev.septet.activities.guard.GuardPublisher;
import dev.septet.activities.host.HostActivitiesImpl;
import dev.septet.activities.host.Hosts;
import dev.septet.activities.initialize.InitializeActivitiesImpl;
import dev.septet.activities.monitor.LogActivitiesImpl;
import dev.septet.activities.monitor.MonitorActivitiesImpl;
import dev.septet.activities.monitor.MonitoredLog;
import dev.septet.activities.monitor.prompt.EnginePromptReaders;
import dev.septet.activities.notify.NotifyActivitiesImpl;
import dev.septet.activities.notify.NotifySettings;
import dev.septet.activities.prepare.PrepareActivitiesImpl;
import dev.septet.activities.quota.QuotaActivitiesImpl;
import dev.septet.activities.quota.Teams;
import dev.septet.activities.quota.UsageRecords;
import dev.septet.activities.recover.RunRecords;
import dev.septet.activities.report.ReportSettings;
import dev.septet.activities.report.RunPageActivitiesImpl;
import dev.septet.activities.resume.ResumeActivitiesImpl;
import dev.septet.activities.review.ReviewedRows;
import dev.septet.activities.setup.SetupActivitiesImpl;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.Stores;
import dev.septet.activities.track.TrackActivitiesImpl;
import dev.septet.activities.track.server.DeclaredTrackers;
import dev.septet.activities.train.SteeringActivitiesImpl;
import dev.septet.activities.train.TrainActivitiesImpl;
import dev.septet.activities.train.command.OutsideTrainers;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.settings.Setting;
import dev.septet.workers.measure.MeasuredCheckpoints;
import dev.septet.workers.observe.Instruments;
import dev.septet.workers.serve.PrivateServer;
import dev.septet.workflows.host.Host;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The activity implementations that a worker registers.
 *
 * @param light implementations for the light queue
 * @param training implementations that need the engine; monitor checks are in both lists, because
 *     what a check reads decides its queue
 */
public record Implementations(List<Object> light, List<Object> training) {
    public Implementations {
        light = List.copyOf(light);
        training = List.copyOf(training);
    }

    /**
     * Septet's own implementations.
     *
     * @param thisHost the state folder, where several machines share a store; null elsewhere
     * @param shutdown requested when the process receives a signal to end
     * @param instruments where checkpoints are measured
     * @throws IllegalArgumentException when an environment variable has an invalid value; the
     *     message is for users
     */
    static Implementations of(
            WorkerSettings worker, @Nullable Host thisHost, Shutdown shutdown, Instruments instruments) {
        ActivitySettings settings =
                new ActivitySettings(worker.state().store(), worker.catalogue(), worker.dataRoots());
        Setting.check(System.getenv());
        ArtifactStore store = Stores.open(settings.store(), System.getenv());
        CheckpointStore checkpoints = new MeasuredCheckpoints(store.checkpoints(), instruments);
        PipelineFiles files = new PipelineFiles(settings);
        OutsideTrainers trainers =
                OutsideTrainers.of(System.getenv(), worker.state().trainers());
        ModelEndpoints endpoints = ModelEndpoints.of(System.getenv());
        Catalog catalog = new Catalog(settings.catalogue());
        BaseModelFiles models = BaseModelFiles.ofProcess(files);
        ReviewedRows reviewed = new ReviewedRows(worker.state().reviewed());
        AuditLogs logs = new AuditLogs(worker.state().audit(), AtRestEncryption.of(System.getenv()));
        MonitoredLog monitoredLog = new MonitoredLog(files, logs, reviewed);
        MonitorActivitiesImpl checks = new MonitorActivitiesImpl(store, monitoredLog, new EnginePromptReaders());
        CandidateActivitiesImpl candidates =
                new CandidateActivitiesImpl(store, models, new EngineSubjects(), checkpoints, shutdown);
        EvaluateActivitiesImpl.Judges judges = (run, progress) ->
                Teachers.of("evaluate", endpoints, model -> models.folder(run, judge(model), progress));
        List<Object> light = new ArrayList<>();
        if (thisHost != null) {
            light.add(new HostActivitiesImpl(store, thisHost, logs, reviewed, System.getenv()));
        }
        light.addAll(List.of(
                new CatalogActivitiesImpl(catalog, thisHost != null, Teams.of(System.getenv()), new RunRecords(store)),
                new QuotaActivitiesImpl(Teams.of(System.getenv()), new UsageRecords(store)),
                new LogActivitiesImpl(store, monitoredLog),
                new QueueActivitiesImpl(),
                new RunActivitiesImpl(),
                new RunPageActivitiesImpl(store, ReportSettings.of(System.getenv())),
                new PrepareActivitiesImpl(store, files, models, (pipeline, count) -> {
                    requireHere(thisHost, store, pipeline);
                    return reviewed.first(pipeline, count);
                }),
                new InitializeActivitiesImpl(
                        store,
                        models,
                        files,
                        new TargetCheck(
                                store,
                                files,
                                System.getenv(),
                                name -> has(catalog, name),
                                name -> publishes(thisHost, store, name))),
                new SteeringActivitiesImpl(store),
                new PublishActivitiesImpl(store, files, System.getenv(), name -> has(catalog, name)),
                new CanaryActivitiesImpl(store, logs, files, System.getenv()),
                candidates,
                checks,
                new ResumeActivitiesImpl(store, files),
                new ForgetActivitiesImpl(store, System.getenv()),
                new AnswerActivitiesImpl(ApprovalSettings.of(System.getenv())),
                new TrackActivitiesImpl(store, files, DeclaredTrackers.of(System.getenv())),
                new NotifyActivitiesImpl(NotifySettings.of(System.getenv()))));
        return new Implementations(
                light,
                List.of(
                        new SetupActivitiesImpl(settings, store, checkpoints, shutdown, trainers),
                        new TrainActivitiesImpl(store, checkpoints, shutdown, trainers),
                        new EvaluateActivitiesImpl(
                                store, files, new WorkerSubjects(endpoints), GuardModels.ofProcess(files), judges),
                        candidates,
                        checks,
                        new DeployActivitiesImpl(
                                store,
                                new PrivateServer(),
                                endpoints,
                                GuardPublisher.of(models, endpoints),
                                new FormsExam(
                                        store, files, new EngineSubjects(), GuardModels.ofProcess(files), judges))));
    }

    /** A model that judges answers, as a base model of a pipeline is found. */
    private static InitializeSpec judge(String model) {
        return new InitializeSpec(model, null, null, null, null, EvaluateSpec.DEFAULT_POLICY);
    }

    /**
     * Whether this machine publishes the pipeline. Before its first publication a pipeline in a
     * shared store has no host.
     */
    private static boolean publishes(@Nullable Host thisHost, ArtifactStore store, String pipeline) throws IOException {
        return thisHost == null
                || new Hosts(store)
                        .of(pipeline)
                        .filter(host -> host.id().equals(thisHost.id()))
                        .isPresent();
    }

    /** Another machine may have the reviewed rows of a pipeline; none here would look like no rows at all. */
    private static void requireHere(@Nullable Host thisHost, ArtifactStore store, String pipeline) throws IOException {
        if (thisHost == null) {
            return;
        }
        Optional<Host> host = new Hosts(store).of(pipeline);
        if (host.isPresent() && !host.get().id().equals(thisHost.id())) {
            throw StageProblem.invalid(
                    "the reviewed rows of pipeline '%s' are on host %s, but this stage runs on %s; move one of the pipelines with `septet adopt`"
                            .formatted(pipeline, host.get().name(), thisHost.name()));
        }
    }

    private static boolean has(Catalog catalog, String pipeline) {
        try {
            return catalog.find(pipeline).isPresent();
        } catch (IOException unreadable) {
            return true; // assume that it exists, so that nothing of a pipeline is given to another
        }
    }
}
