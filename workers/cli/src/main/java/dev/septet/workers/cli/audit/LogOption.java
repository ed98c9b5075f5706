package dev.septet.workers.cli.audit;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.audit.AuditReader;
import dev.septet.activities.host.LocalPipelines;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Parameters;

/** The option for an audit log, which several commands share. */
final class LogOption {
    @Parameters(paramLabel = "LOG", description = "A pipeline with a log in the state folder, or a log's folder")
    private String named = "";

    /** The log as the user named it. */
    String named() {
        return named;
    }

    /**
     * The log's folder.
     *
     * @throws CliProblem NOT_FOUND when there is no log
     */
    Path folder(Session session) throws IOException {
        Path logs = session.state().audit();
        if (named.matches(PipelineSpec.NAME_PATTERN) && Files.exists(logs.resolve(named))) {
            return log(logs.resolve(named));
        }
        Path path = path();
        if (Files.isDirectory(path)) {
            return log(path);
        }
        if (Files.exists(path)) {
            throw missing("%s is a file; an audit log is a folder of files".formatted(named));
        }
        throw missing(
                "there is no audit log '%s', neither as a folder nor in %s; the first request".formatted(named, logs)
                        + " to a pipeline's model creates its log");
    }

    /**
     * The pipeline of the log, whether the log exists or not; empty when the user gave a folder.
     */
    Optional<String> pipeline(Session session) {
        Path logs = session.state().audit();
        return named.matches(PipelineSpec.NAME_PATTERN)
                        && (Files.exists(logs.resolve(named)) || Files.notExists(path()))
                ? Optional.of(named)
                : Optional.empty();
    }

    /**
     * Requires that no other host has the log; a pipeline's log is on the host of the pipeline's
     * files. A log on this machine can be read even when the store does not answer.
     *
     * @throws CliProblem RUN_FAILED when another host has the log; the message names that host
     */
    void requireHere(Session session) throws IOException {
        Optional<String> pipeline = pipeline(session);
        if (pipeline.isEmpty()) {
            return;
        }
        Path folder = session.auditLogs().folder(pipeline.get());
        try {
            requireHere(session.localPipelines(), pipeline.get(), folder);
        } catch (IOException failure) {
            if (!Files.exists(folder)) {
                throw failure;
            }
            session.terminal()
                    .note(
                            "the store does not answer, so the host of the log of '%s' is unknown; this command uses the log in %s"
                                    .formatted(pipeline.get(), folder));
        }
    }

    /**
     * Requires that no other host has a pipeline's log.
     *
     * @param folder folder of the log on this machine; it may hold a log from before the pipeline
     *     moved
     */
    static void requireHere(LocalPipelines localPipelines, String pipeline, Path folder) throws IOException {
        try {
            localPipelines.require(pipeline);
        } catch (StageProblem problem) {
            boolean moved = problem.type() == FailureType.ELSEWHERE && Files.exists(folder);
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    problem.getMessage()
                            + (moved
                                    ? ". The log in %s is from before the pipeline moved; give this folder to read it"
                                            .formatted(folder)
                                    : ""));
        }
    }

    private Path path() {
        try {
            return Path.of(named);
        } catch (InvalidPathException e) {
            throw missing("'%s' is not a path: %s".formatted(named, e.getReason()));
        }
    }

    private static Path log(Path folder) throws IOException {
        if (!AuditReader.isLog(folder)) {
            throw missing("%s holds no audit log: it has no file audit-*.jsonl".formatted(folder));
        }
        return folder;
    }

    private static CliProblem missing(String message) {
        return new CliProblem(ExitCode.NOT_FOUND, message);
    }
}
