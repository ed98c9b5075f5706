package dev.septet.activities.train.command;

import dev.septet.activities.train.BackEnd;
import dev.septet.activities.train.TrainingContext;
import dev.septet.dsl.pipeline.train.CommandTrainerSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * An outside trainer as the back end of the train stage.
 *
 * @param runs folder of the run folders
 */
record CommandBackEnd(OutsideTrainer trainer, Path runs) implements BackEnd {
    @Override
    public String fingerprint() {
        return trainer.fingerprint();
    }

    @Override
    public void check(TrainSpec train) {
        trainer.check(train);
    }

    @Override
    public Result train(TrainRequest request, TrainingContext context, Path export) throws IOException {
        trainer.check(request.spec());
        CommandTrainerSpec used =
                (CommandTrainerSpec) Objects.requireNonNull(request.spec().by());
        return new CommandTraining(trainer, request, trainer.options(used), context, folder(context)).run(export);
    }

    @Override
    public void clear(TrainingContext context) throws IOException {
        TrainerFolder folder = folder(context);
        if (Files.exists(folder.root())) {
            new TrainerProcess(folder, trainer).end();
            folder.remove();
        }
    }

    private TrainerFolder folder(TrainingContext context) {
        return new TrainerFolder(runs.resolve(context.run().runId() + "-" + context.name()));
    }
}
