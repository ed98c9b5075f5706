package dev.septet.workers.cli.option;

import dev.septet.settings.Setting;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** The option for further folders that pipelines may read from, which several commands share. */
public final class DataOption {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Another folder from which pipelines may read data and models, in addition to"
                    + " SEPTET_DATA; repeatable")
    private List<Path> given = new ArrayList<>();

    /**
     * The absolute folders of the option and of the environment.
     *
     * @throws CliProblem NOT_FOUND when a folder does not exist
     */
    public List<Path> folders(Session session) {
        Set<Path> folders = new LinkedHashSet<>();
        for (Path folder : given) {
            folders.add(existing(folder, "--data"));
        }
        folders.addAll(configured(session));
        return List.copyOf(folders);
    }

    /** The folders of the environment only. */
    static List<Path> configured(Session session) {
        List<Path> folders = new ArrayList<>();
        for (String name : Setting.DATA.text(session.environment()).split(File.pathSeparator)) {
            if (!name.isBlank()) {
                folders.add(existing(path(name), Setting.DATA.variable()));
            }
        }
        return folders;
    }

    private static Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new CliProblem(ExitCode.USAGE, "%s: '%s' is not a path".formatted(Setting.DATA.variable(), name));
        }
    }

    private static Path existing(Path folder, String source) {
        if (!Files.isDirectory(folder)) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "%s is not a folder. %s names folders that pipelines may read from.".formatted(folder, source));
        }
        return folder.toAbsolutePath().normalize();
    }
}
