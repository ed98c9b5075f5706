package dev.septet.workers.cli.schedule;

import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.PipelineArgument;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the pipeline files of a command line. */
final class ScheduleFiles {
    private ScheduleFiles() {}

    /** Reads all files, or fails with the problems of all. */
    static Map<PipelineArgument, PipelineSpec> read(List<Path> paths, Map<String, String> params) {
        Map<PipelineArgument, PipelineSpec> specs = new LinkedHashMap<>();
        Map<String, Path> names = new LinkedHashMap<>();
        List<CliProblem> problems = new ArrayList<>();
        for (Path path : paths) {
            PipelineArgument file = new PipelineArgument(path, params);
            try {
                PipelineSpec spec = file.spec();
                Path other = names.put(spec.name(), path);
                if (other != null) {
                    throw new CliProblem(
                            ExitCode.USAGE,
                            "pipeline '%s' is in both %s and %s; name one of them".formatted(spec.name(), other, path));
                }
                specs.put(file, spec);
            } catch (CliProblem problem) {
                problems.add(problem);
            }
        }
        if (problems.isEmpty()) {
            return specs;
        }
        throw new CliProblem(
                problems.get(0).exitCode(),
                String.join(
                        "\n",
                        problems.stream().map(problem -> problem.getMessage()).toList()));
    }
}
