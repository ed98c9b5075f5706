package dev.septet.workers.cli.check;

import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.pipeline.train.BackEndCheck;
import dev.septet.dsl.text.PublicText;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.PipelineArgument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Finds the pipeline files of given files and folders. In a folder, hidden folders are skipped.
 * Files that another file includes are skipped too, because they are checked where they are
 * included.
 *
 * @param params values of parameters, which every file must declare
 * @param readable further folders from which the workers may read, as far as they are known
 * @param backEnds what is known about the workers' back ends
 */
record LintTargets(Map<String, String> params, List<Path> readable, BackEndCheck backEnds) {
    private static final int MAX_DEPTH = 16;

    /**
     * Compiles the files, in the order of the command line.
     *
     * @throws CliProblem NOT_FOUND when a path does not exist, or a folder has no pipeline file
     */
    Map<Path, Compilation> compile(List<Path> paths) {
        Map<Path, Compilation> compiled = new LinkedHashMap<>();
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                compiled.putAll(folder(path));
            } else {
                compiled.put(path, new PipelineArgument(path, params).compile(readable, backEnds));
            }
        }
        return compiled;
    }

    private Map<Path, Compilation> folder(Path folder) {
        Map<Path, Compilation> compiled = new LinkedHashMap<>();
        Set<Path> included = new HashSet<>();
        for (Path file : files(folder)) {
            Compilation compilation = PipelineCompiler.compile(file, params, readable, backEnds);
            compiled.put(file, compilation);
            compilation.included().forEach(name -> included.add(Path.of(name)));
        }
        if (compiled.isEmpty()) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND, "there is no .groovy file in " + PublicText.file(folder.toString()));
        }
        compiled.keySet().removeAll(included);
        return compiled;
    }

    private static Set<Path> files(Path folder) {
        try (Stream<Path> found = Files.walk(folder, MAX_DEPTH)) {
            List<Path> files = new ArrayList<>();
            found.filter(Files::isRegularFile)
                    .filter(file -> file.toString().endsWith(".groovy"))
                    .filter(file -> !hidden(folder.relativize(file)))
                    .forEach(files::add);
            return new TreeSet<>(files);
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND, PublicText.file(folder.toString()) + " cannot be read; check its permissions");
        }
    }

    private static boolean hidden(Path path) {
        for (Path part : path) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }
}
