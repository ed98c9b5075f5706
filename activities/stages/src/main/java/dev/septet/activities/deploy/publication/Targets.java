package dev.septet.activities.deploy.publication;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.deploy.DirectorySpec;
import dev.septet.dsl.pipeline.deploy.S3Spec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

    /** A target of a jar. */
    private record JarTarget(ExtensionSpec used) implements TargetFiles {
        @Override
        public String type() {
            return used.word();
        }

        @Override
        public boolean handles(TargetSpec target) {
            return target instanceof ExtensionSpec.ForTarget own
                    && own.extension().equals(used);
        }

        @Override
        public void check(Path model) throws IOException {
            TargetExtension extension = extension();
            Extensions.<Boolean, IOException>run(ExtensionWord.Kind.TARGET, used, StageProblem.class, () -> {
                extension.check(used, model);
                return true;
            });
        }

        @Override
        public Map<String, Path> files(TargetSpec target, Exported export, Path scratch) throws IOException {
            TargetExtension extension = extension();
            return Extensions.run(
                    ExtensionWord.Kind.TARGET, used, StageProblem.class, () -> extension.files(used, export, scratch));
        }

        private TargetExtension extension() {
            return Extensions.of(used, ExtensionWord.Kind.TARGET, TargetExtension.class);
        }
    }

    /**
     * The implementation that handles this target.
     *
     * @throws StageProblem INVALID_PIPELINE when there is none
     */
    public static TargetFiles of(TargetSpec spec) {
        if (spec instanceof ExtensionSpec.ForTarget own) {
            return new JarTarget(own.extension());
        }
        return ALL.stream()
                .filter(target -> target.handles(spec))
                .findFirst()
                .orElseThrow(() -> StageProblem.invalid("deploy: this worker cannot publish to %s; it knows %s"
                        .formatted(
                                spec.place(),
                                ALL.stream().map(TargetFiles::type).collect(Collectors.joining(", ")))));
    }
}
