package dev.septet.activities.train;

import dev.septet.activities.attempt.Heartbeats;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.store.FencedException;
import dev.septet.dsl.extension.ExtensionProblem;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.extension.Extensions.Code;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A jar's back end. Errors of its code become a problem that names the jar; one that may pass, such as an exception of
 * the code that talks to another system, lets the stage try again.
 */
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
        return "%s of %s %s: %s"
                .formatted(used.word(), used.jar(), used.version(), quick("fingerprint", backEnd::fingerprint));
    }

    @Override
    public void check(TrainSpec train) {
        quick("check", () -> {
            backEnd.check(train);
            return true;
        });
    }

    @Override
    public WorkerResources resources() {
        return quick("resources", backEnd::resources);
    }

    @Override
    public Result train(TrainRequest request, TrainingContext context, Path export) throws IOException {
        return retried("train", () -> backEnd.train(request, context, export));
    }

    @Override
    public void end(TrainRequest request, TrainingContext context) throws IOException {
        retried("end", () -> {
            backEnd.end(request, context);
            return true;
        });
    }

    @Override
    public void clear(TrainRequest request, TrainingContext context) throws IOException {
        retried("clear", () -> {
            backEnd.clear(request, context);
            return true;
        });
    }

    private <R> R quick(String method, Code<@Nullable R, RuntimeException> code) {
        @Nullable R result = run(code);
        if (result == null) {
            throw new ExtensionProblem(nothing(method));
        }
        return result;
    }

    private <R> R retried(String method, Code<@Nullable R, IOException> code) throws IOException {
        @Nullable
        R result = run(() -> {
            try {
                return code.run();
            } catch (IOException e) {
                throw passing(e);
            } catch (UncheckedIOException e) {
                throw passing(Objects.requireNonNull(e.getCause()));
            } catch (RuntimeException e) {
                throw isKnown(e) || e instanceof ExtensionProblem ? e : failed(e);
            }
        });
        if (result == null) {
            throw new StageProblem(FailureType.BACKEND_FAILED, nothing(method));
        }
        return result;
    }

    /** The same problem, unless it would count as a mistake in the pipeline file: the files are not the pipeline's. */
    private IOException passing(IOException problem) {
        if (problem instanceof NoSuchFileException || problem instanceof AccessDeniedException) {
            throw failed(problem);
        }
        return problem;
    }

    private StageProblem failed(Exception problem) {
        return new StageProblem(
                FailureType.BACKEND_FAILED,
                String.valueOf(ExtensionProblem.failed(ExtensionWord.Kind.BACK_END, used, problem)
                        .getMessage()));
    }

    private String nothing(String method) {
        return "back end `%s` of %s %s: its method %s returned null"
                .formatted(used.word(), used.jar(), used.version(), method);
    }

    private <R extends @Nullable Object, X extends Exception> R run(Code<R, X> code) throws X {
        return Extensions.run(ExtensionWord.Kind.BACK_END, used, JarBackEnd::isKnown, code);
    }

    private static boolean isKnown(RuntimeException problem) {
        return problem instanceof StageProblem || problem instanceof FencedException || Heartbeats.isStop(problem);
    }
}
