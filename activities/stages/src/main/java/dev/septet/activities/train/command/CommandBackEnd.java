package dev.septet.activities.train.command;

import dev.septet.activities.attempt.Heartbeats;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.train.BackEnd;
import dev.septet.activities.train.TrainingContext;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.activities.train.outside.TrainerLauncher;
import dev.septet.activities.train.outside.TrainerPlatform;
import dev.septet.dsl.pipeline.backend.OutsideTrainerSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * An outside trainer as the back end of the train stage: a program on this machine, or a job of a cluster.
 *
 * @param runs folder of the run folders
 * @param host the machine of this worker
 * @param platform where the trainer runs
 */
record CommandBackEnd(OutsideTrainer trainer, Path runs, TrainerHost host, TrainerPlatform platform)
        implements BackEnd {
    @Override
    public String fingerprint() {
        return trainer.fingerprint();
    }

    @Override
    public void check(TrainSpec train) {
        trainer.check(train);
        platform.check();
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
        if (Files.exists(folder(context).root()) || !platform.sharesRunFolder()) {
            training(request, context).cancel();
        }
    }

    @Override
    public void clear(TrainRequest request, TrainingContext context) throws IOException {
        TrainerFolder folder = folder(context);
        if (Files.exists(folder.root())) {
            TrainerLauncher launcher = launcher(request, folder, context);
            launcher.end();
            new TrainerUse(folder, launcher.gpus(), trainer.orphan()).end();
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
        return platform.launcher(request, folder, trainer, what -> awaitEnd(context, what));
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
