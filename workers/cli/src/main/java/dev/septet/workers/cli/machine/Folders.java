package dev.septet.workers.cli.machine;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Pipeline folders from the command line. */
final class Folders {
    private Folders() {}

    /**
     * The given folders, or the default folder when none is given.
     *
     * @throws CliProblem when a folder does not exist
     */
    static List<Path> existing(List<Path> given, Path usual) {
        List<Path> folders = given.isEmpty() ? List.of(usual) : given;
        for (Path folder : folders) {
            if (!Files.isDirectory(folder)) {
                throw new CliProblem(
                        ExitCode.NOT_FOUND,
                        "%s is not a folder. --pipelines takes a folder of pipeline files.".formatted(folder));
            }
        }
        return folders.stream()
                .map(folder -> folder.toAbsolutePath().normalize())
                .toList();
    }
}
