package dev.septet.workers.cli.machine;

import dev.septet.llm.cuda.NvidiaCard;
import dev.septet.llm.cuda.NvidiaDriver;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.gpu.GpuProblem;
import dev.septet.workers.gpu.SelectedCards;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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

    @Option(
            names = "--devices",
            paramLabel = "all|N,N",
            description = "Start one training worker for each of these cards; numbers as in nvidia-smi."
                    + " Without it, one training worker uses the first card, or the CPU")
    private @Nullable String devices;

    /**
     * The existing folders.
     *
     * @throws CliProblem NOT_FOUND when a folder does not exist
     */
    List<Path> folders(Session session) {
        return Folders.existing(pipelines, session.examples());
    }

    /** Whether cards were selected. */
    boolean onCards() {
        return devices != null;
    }

    /**
     * The selected cards; empty without the option.
     *
     * @throws CliProblem USAGE naming a card that does not exist, or when {@code --slots} is given too
     */
    List<NvidiaCard> cards(Session session) {
        if (devices == null) {
            return List.of();
        }
        if (slots != 1) {
            throw new CliProblem(
                    ExitCode.USAGE, "--devices and --slots exclude each other: a card runs one training at a time");
        }
        try {
            return SelectedCards.of(devices, NvidiaDriver.here(session.environment()), session.environment());
        } catch (GpuProblem problem) {
            throw new CliProblem(ExitCode.USAGE, problem.found() + ". Next: " + problem.next());
        }
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
