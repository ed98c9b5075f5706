package dev.septet.workers.serve.reply;

import dev.septet.llm.generate.EngineBusy;
import dev.septet.llm.generate.EngineClosed;
import dev.septet.llm.generate.constraint.grammar.GrammarProblem;
import dev.septet.llm.runtime.OutOfMemory;
import dev.septet.workers.serve.openai.ApiProblem;
import java.util.concurrent.CompletionException;

/** Converts failures to the problems that clients get. */
final class ReplyProblems {
    private ReplyProblems() {}

    /** The problem for a failure. It names no file or class of this machine. */
    static ApiProblem of(Throwable problem) {
        Throwable cause =
                problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
        if (cause instanceof ApiProblem known) {
            return known;
        }
        if (cause instanceof GrammarProblem) {
            return ApiProblem.refused(
                    400,
                    "response_format",
                    "unsupported_schema",
                    "the required format %s; use fewer alternatives that begin alike".formatted(cause.getMessage()));
        }
        if (cause instanceof EngineBusy) {
            return ApiProblem.busy(String.valueOf(cause.getMessage()));
        }
        if (cause instanceof EngineClosed) {
            return ApiProblem.failed(503, "shutting_down", "the model is being unloaded; try again");
        }
        if (cause instanceof OutOfMemoryError || OutOfMemory.recognized(cause) instanceof OutOfMemory) {
            return ApiProblem.failed(
                    503, "out_of_memory", "there is no memory for this answer now; request fewer tokens");
        }
        return ApiProblem.failed(500, "generation_failed", "the model failed to answer: " + cause.getMessage());
    }
}
