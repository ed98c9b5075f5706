package dev.septet.workers.cli.create;

import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFiles;
import dev.septet.dsl.text.PublicText;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Paths that a user gives to a command, as the new pipeline file names them.
 *
 * @param home the folder of the new file
 */
record NewPaths(Path home) {
    private static final String DEFAULT_BASE = "HuggingFaceTB/SmolLM2-135M-Instruct";

    /** A name for the pipeline: that of the folder, without characters that a name cannot have. */
    String name() {
        String folder = home.getFileName() == null ? "" : home.getFileName().toString();
        String name = folder.replaceAll("[^A-Za-z0-9-]+", "-").replaceAll("^-+|-+$", "");
        name = name.length() > 64 ? name.substring(0, 64) : name;
        return name.matches(PipelineSpec.NAME_PATTERN) ? name : "first";
    }

    /**
     * A name that the user gave.
     *
     * @throws CliProblem USAGE for characters that a name cannot have
     */
    static String checkedName(String name) {
        if (!name.matches(PipelineSpec.NAME_PATTERN)) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "a pipeline's name has letters, digits and '-', at most 64 of them, got '%s'".formatted(name));
        }
        return name;
    }

    /** The path on this machine, relative to the current folder or else to the pipeline's. */
    Path resolved(String given) {
        Path path = path(given);
        Path here = path.toAbsolutePath().normalize();
        Path there = home.resolve(path).normalize();
        return Files.exists(here) || !Files.exists(there) ? here : there;
    }

    /**
     * Requires a data file, or a name of several.
     *
     * @throws CliProblem NOT_FOUND when there is none
     */
    void requireData(String given) {
        if (DatasetFiles.isPattern(given)) {
            return;
        }
        Path path = resolved(given);
        if (!Files.exists(path)) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "there is no data file %s; the path is %s"
                            .formatted(PublicText.file(given), PublicText.file(path + "")));
        }
        if (Files.isDirectory(path) && !DatasetFiles.isFolder(given)) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "%s is a folder; name a file in it, or end the name with / to read all its data files"
                            .formatted(PublicText.file(given)));
        }
    }

    /** The path as the file names it: relative in the pipeline's folder, absolute elsewhere. */
    String written(String given) {
        Path path = resolved(given);
        String end = DatasetFiles.isFolder(given) ? "/" : "";
        return unix(inside(path) ? home.relativize(path) : path) + end;
    }

    /** A base model as the file names it; names of the hub stay. */
    String writtenModel(String given) {
        return Files.exists(resolved(given)) ? written(given) : given;
    }

    /** The folder of data outside {@code home}, which a worker must be allowed to read; empty for data in it. */
    List<Path> outside(String given) {
        Path path = resolved(given);
        if (inside(path)) {
            return List.of();
        }
        return List.of(DatasetFiles.isFolder(given) ? path : Objects.requireNonNullElse(path.getParent(), path));
    }

    /** The folder of a base model outside {@code home}; empty for one in it, and for names of the hub. */
    List<Path> outsideModel(String given) {
        Path path = resolved(given);
        if (!Files.exists(path) || inside(path)) {
            return List.of();
        }
        return List.of(Files.isRegularFile(path) ? Objects.requireNonNullElse(path.getParent(), path) : path);
    }

    private boolean inside(Path path) {
        return path.startsWith(home) && !path.equals(home);
    }

    /** A data file of the folder, for the default answer; empty for none. */
    String likelyData() {
        return first(
                List.of(home, home.resolve("data")),
                path -> Files.isRegularFile(path)
                        && DatasetFiles.known(path.getFileName().toString())
                        && !path.getFileName().toString().matches("(config|package|tsconfig|tokenizer.*)\\.json"));
    }

    /** A base model of the folder, for the default answer; otherwise a small model of the hub. */
    String likelyBase() {
        String found =
                first(List.of(home, home.resolve("models")), path -> Files.isRegularFile(path.resolve("config.json")));
        return found.isEmpty() ? DEFAULT_BASE : found;
    }

    private String first(List<Path> folders, Predicate<Path> likely) {
        for (Path folder : folders) {
            try (Stream<Path> entries = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
                List<Path> found = entries.filter(likely).sorted().toList();
                if (!found.isEmpty()) {
                    return short_(found.get(0));
                }
            } catch (IOException unreadable) {
                // No default answer, then.
            }
        }
        return "";
    }

    /** The path relative to the current folder where it is in it. */
    static String short_(Path path) {
        Path here = Path.of("").toAbsolutePath();
        return path.startsWith(here) ? unix(here.relativize(path)) : unix(path);
    }

    /** The options of commands that read a pipeline with these folders. */
    static String dataOptions(List<Path> folders) {
        return folders.stream().map(each -> " --data " + shellWord(unix(each))).collect(Collectors.joining());
    }

    /** A word of a shell command. */
    static String shellWord(String text) {
        return text.matches("[A-Za-z0-9_./:@%+=,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    private static String unix(Path path) {
        return path.toString().replace(path.getFileSystem().getSeparator(), "/");
    }

    private static Path path(String given) {
        try {
            return Path.of(given);
        } catch (InvalidPathException e) {
            throw new CliProblem(ExitCode.USAGE, "'%s' is not a path".formatted(given));
        }
    }
}
