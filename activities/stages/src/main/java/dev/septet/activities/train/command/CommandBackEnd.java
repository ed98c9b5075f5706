package dev.septet.activities.train.command;

import dev.septet.activities.attempt.Heartbeats;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.train.BackEnd;
import dev.septet.activities.train.TrainingContext;
import dev.septet.dsl.pipeline.backend.KubernetesSpec;
import dev.septet.dsl.pipeline.backend.OutsideTrainerSpec;
import dev.septet.dsl.pipeline.backend.SageMakerSpec;
import dev.septet.dsl.pipeline.backend.SlurmSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An outside trainer as the back end of the train stage: a program on this machine, or a job of a cluster.
 *
 * @param runs folder of the run folders
 * @param host the machine of this worker
 * @param cluster null = no Kubernetes cluster is used
 * @param sagemaker null = Amazon SageMaker is not used
 */
record CommandBackEnd(
        OutsideTrainer trainer,
        Path runs,
        TrainerHost host,
        @Nullable KubernetesCluster cluster,
        @Nullable SageMakerAccount sagemaker)
        implements BackEnd {
    @Override
    public String fingerprint() {
        return trainer.fingerprint();
    }

    @Override
    public void check(TrainSpec train) {
        trainer.check(train);
        if (train.by() instanceof KubernetesSpec job) {
            Objects.requireNonNull(cluster).check(job);
        }
    }

    @Override
    public WorkerResources resources() {
        return new WorkerResources(host.cards(trainer.environment()).size(), runs);
    }

    @Override
    public Result train(TrainRequest request, TrainingContext context, Path export) throws IOException {
        if (Files.exists(folder(context).job())) {
            trainer.check(request.spec()); // the operator's lists do not end a job that exists
        } else {
            check(request.spec());
        }
        return training(request, context).run(export);
    }

    @Override
    public void end(TrainRequest request, TrainingContext context) throws IOException {
        if (Files.exists(folder(context).root()) || by(request) instanceof SageMakerSpec) {
            training(request, context).cancel();
        }
    }

    @Override
    public void clear(TrainRequest request, TrainingContext context) throws IOException {
        TrainerFolder folder = folder(context);
        if (Files.exists(folder.root())) {
            launcher(request, folder, context).end();
            folder.remove();
        }
    }

    private CommandTraining training(TrainRequest request, TrainingContext context) {
        TrainerFolder folder = folder(context);
        return new CommandTraining(
                trainer,
                request,
                trainer.options(by(request).command()),
                context,
                folder,
                launcher(request, folder, context),
                host);
    }

    private TrainerLauncher launcher(TrainRequest request, TrainerFolder folder, TrainingContext context) {
        if (by(request) instanceof KubernetesSpec job) {
            return new KubernetesJob(
                    folder, trainer, job, Objects.requireNonNull(cluster), what -> awaitEnd(context, what));
        } else if (by(request) instanceof SageMakerSpec job) {
            return new SageMakerJob(
                    new SageMakerRequest(folder, trainer, job, Objects.requireNonNull(sagemaker)), host.environment());
        }
        return by(request) instanceof SlurmSpec slurm
                ? new SlurmJob(folder, trainer, slurm)
                : new TrainerProcess(
                        folder, trainer, host, request.setup().resources().gpus());
    }

    /** While a job ends. A cancelled attempt waits for the end, because nobody else does. */
    private static void awaitEnd(TrainingContext context, String what) {
        context.report(Progress.of(what, 0, 0, ""));
        if (context.shutdown().requested()) {
            throw new StageProblem(
                    FailureType.INTERRUPTED, "the worker is shutting down; the next attempt continues " + what);
        }
        Heartbeats heartbeats = context.attempt().heartbeats();
        if (!heartbeats.cancelled()) {
            heartbeats.check();
        }
    }

    private static OutsideTrainerSpec by(TrainRequest request) {
        return (OutsideTrainerSpec) Objects.requireNonNull(request.spec().by());
    }

    private TrainerFolder folder(TrainingContext context) {
        return new TrainerFolder(runs.resolve(context.run().runId() + "-" + context.name()));
    }
}
