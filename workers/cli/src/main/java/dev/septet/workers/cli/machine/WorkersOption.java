package dev.septet.workers.cli.machine;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options for the folders and slots of workers, which several commands share. */
final class WorkersOption {
    @Option(
            names = "--pipelines",
            paramLabel = "DIR",
            description = "Folder of pipelines that may be run; repeatable. Default: the examples")
    private List<Path> pipelines = new ArrayList<>();

    @Option(
            names = "--slots",
            paramLabel = "N",
            description = "Devices or CPU slots: the number of concurrent trainings. Default: 1")
    private int slots = 1;

    /**
     * The existing folders.
     *
     * @throws CliProblem NOT_FOUND when a folder does not exist
     */
    List<Path> folders(Session session) {
        return Folders.existing(pipelines, session.examples());
    }

    /**
     * The number of trainings that run at once.
     *
     * @throws CliProblem USAGE when it is less than one
     */
    int slots() {
        if (slots < 1) {
            throw new CliProblem(ExitCode.USAGE, "--slots must be at least 1, got " + slots);
        }
        return slots;
    }
}
