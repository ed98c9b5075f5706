package dev.septet.activities.train;

import dev.septet.activities.attempt.Heartbeats;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.extension.Extensions.Code;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Path;

/** A jar's back end. Errors of its code become a problem that names the jar. */
public record JarBackEnd(ExtensionSpec used, BackEnd backEnd) implements BackEnd {
    /**
     * The back end of a pipeline's word.
     *
     * @throws dev.septet.dsl.extension.ExtensionProblem when this process does not have the jar
     */
    public static BackEnd of(ExtensionSpec used) {
        return new JarBackEnd(
                used,
                Extensions.run(
                        ExtensionWord.Kind.BACK_END,
                        used,
                        StageProblem.class,
                        () -> Extensions.of(used, ExtensionWord.Kind.BACK_END, BackEndExtension.class)
                                .backEnd(used)));
    }

    /** With the jar and its version: another version may train in another way. */
    @Override
    public String fingerprint() {
        return "%s of %s %s: %s".formatted(used.word(), used.jar(), used.version(), quick(backEnd::fingerprint));
    }

    @Override
    public void check(TrainSpec train) {
        quick(() -> {
            backEnd.check(train);
            return true;
        });
    }

    @Override
    public WorkerResources resources() {
        return quick(backEnd::resources);
    }

    @Override
    public Result train(TrainRequest request, TrainingContext context, Path export) throws IOException {
        return run(() -> backEnd.train(request, context, export));
    }

    @Override
    public void end(TrainRequest request, TrainingContext context) throws IOException {
        run(() -> {
            backEnd.end(request, context);
            return true;
        });
    }

    @Override
    public void clear(TrainRequest request, TrainingContext context) throws IOException {
        run(() -> {
            backEnd.clear(request, context);
            return true;
        });
    }

    private <R> R quick(Code<R, RuntimeException> code) {
        return run(code);
    }

    private <R, X extends Exception> R run(Code<R, X> code) throws X {
        return Extensions.run(
                ExtensionWord.Kind.BACK_END,
                used,
                problem -> problem instanceof StageProblem || Heartbeats.isStop(problem),
                code);
    }
}
