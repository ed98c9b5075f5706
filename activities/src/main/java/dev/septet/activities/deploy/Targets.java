package dev.septet.activities.deploy;

import dev.septet.activities.support.StageProblem;
import dev.septet.dsl.spec.FolderTargetSpec;
import dev.septet.dsl.spec.TargetSpec;

import java.util.List;

/** The kinds of targets that this worker can publish to. */
final class Targets {
    private static final List<TargetFiles> ALL = List.of(new DirectoryFiles(), new OllamaFiles());

    private Targets() {}

    /**
     * The kind that serves this target.
     *
     * @throws StageProblem INVALID_PIPELINE when there is none
     */
    static TargetFiles of(TargetSpec spec) {
        return ALL.stream()
                .filter(target -> target.serves(spec))
                .findFirst()
                .orElseThrow(() -> unknown(spec));
    }

    /**
     * The folder that a target writes to, as the pipeline file says it.
     *
     * @throws StageProblem INVALID_PIPELINE when it is no folder
     */
    static String folder(TargetSpec spec) {
        if (spec instanceof FolderTargetSpec folder) {
            return folder.path();
        }
        throw unknown(spec);
    }

    private static StageProblem unknown(TargetSpec spec) {
        return StageProblem.invalid(
                "deploy: this worker cannot publish to %s; it knows directory and ollama"
                        .formatted(spec.place()));
    }
}
