package dev.septet.dsl.parse;

import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.SourceLocation;

import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs the parser on a thread of its own for at most {@link Limits#PARSE}. Java cannot end a thread
 * that will not end itself, so a parser that overruns keeps its place until it is done: a few of
 * them block the reading of further files, never the machine.
 */
final class Deadline {
    private static final int PLACES = 4;
    private static final Semaphore FREE = new Semaphore(PLACES);

    /** Bytes of stack: Groovy's parser takes several frames for each level it goes down. */
    private static final long STACK = 16L << 20;

    private Deadline() {}

    static PipelineParser.Parsed parse(Problems problems) {
        // The thread gets a collector of its own: after the deadline nobody shares it.
        var own = new Problems(problems.source());
        var task = new FutureTask<>(() -> new GroovyReader(own).read());
        try {
            if (!FREE.tryAcquire(Limits.PARSE.toMillis(), TimeUnit.MILLISECONDS)) {
                return tooSlow(problems);
            }
            var thread =
                    new Thread(
                            null,
                            () -> {
                                try {
                                    task.run();
                                } finally {
                                    FREE.release();
                                }
                            },
                            "pipeline-parser",
                            STACK);
            thread.setDaemon(true);
            thread.start();
            Optional<Block> file = task.get(Limits.PARSE.toMillis(), TimeUnit.MILLISECONDS);
            return new PipelineParser.Parsed(own, file);
        } catch (TimeoutException e) {
            task.cancel(true);
            return tooSlow(problems);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StackOverflowError) {
                return tooDeep(problems);
            }
            throw new IllegalStateException("the parser failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return tooSlow(problems);
        }
    }

    private static PipelineParser.Parsed tooSlow(Problems problems) {
        problems.add(
                ProblemId.LIMIT,
                SourceLocation.of(problems.source().file()),
                "the file takes longer to read than "
                        + Limits.PARSE.toSeconds()
                        + " seconds, the most a pipeline file may take",
                "Make it shorter and flatter, then try again.");
        return new PipelineParser.Parsed(problems, Optional.empty());
    }

    private static PipelineParser.Parsed tooDeep(Problems problems) {
        problems.add(
                ProblemId.LIMIT,
                SourceLocation.of(problems.source().file()),
                "an expression in the file is nested too deep to read",
                "Make it shorter and flatter, then try again.");
        return new PipelineParser.Parsed(problems, Optional.empty());
    }
}
