package dev.septet.workers.cli;

import dev.septet.activities.audit.AuditReader;
import dev.septet.dsl.spec.PipelineSpec;

import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** An audit log, as several commands take it. */
final class LogOption {
    @Parameters(
            paramLabel = "LOG",
            description = "A pipeline with a log in the state folder, or a log's folder")
    private String named = "";

    /** As it was given. */
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
                "there is no audit log '%s', neither as a folder nor in %s; the first request"
                                .formatted(named, logs)
                        + " to a pipeline's model creates its log");
    }

    /** The pipeline whose log it is, there or missing; empty where it was given as a folder. */
    Optional<String> pipeline(Session session) {
        Path logs = session.state().audit();
        return named.matches(PipelineSpec.NAME_PATTERN)
                        && (Files.exists(logs.resolve(named)) || Files.notExists(path()))
                ? Optional.of(named)
                : Optional.empty();
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
