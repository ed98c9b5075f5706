package dev.septet.activities.deploy.publication;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.deploy.DirectorySpec;
import dev.septet.dsl.pipeline.deploy.S3Spec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import java.util.List;
import java.util.stream.Collectors;

/** The kinds of targets that this worker can publish to. */
public final class Targets {
    private static final List<TargetFiles> ALL = List.of(
            new WholeExport("directory", DirectorySpec.class),
            new OllamaFiles(),
            new VllmFiles(),
            new LlamacppFiles(),
            new WholeExport("s3", S3Spec.class),
            new HuggingfaceFiles(),
            new OciFiles());

    private Targets() {}

    /**
     * The implementation that handles this target.
     *
     * @throws StageProblem INVALID_PIPELINE when there is none
     */
    public static TargetFiles of(TargetSpec spec) {
        return ALL.stream()
                .filter(target -> target.serves(spec))
                .findFirst()
                .orElseThrow(() -> StageProblem.invalid("deploy: this worker cannot publish to %s; it knows %s"
                        .formatted(
                                spec.place(),
                                ALL.stream().map(TargetFiles::type).collect(Collectors.joining(", ")))));
    }
}
