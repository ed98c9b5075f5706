package dev.septet.activities.evaluate.cluster;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.dsl.pipeline.evaluate.ErrorClustersSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The files of error clusters that the slices of an evaluation name.
 *
 * @param files by their names in the pipeline file
 */
public record ClusterFiles(Map<String, ClusterFile> files) {
    public ClusterFiles {
        files = Map.copyOf(files);
    }

    /**
     * Reads the files.
     *
     * @throws StageProblem naming the file that cannot be used
     */
    public static ClusterFiles read(PipelineFiles files, RunRef run, EvaluateSpec spec) throws IOException {
        Map<String, ClusterFile> found = new TreeMap<>();
        for (String name : names(spec)) {
            found.put(name, ClusterFile.read(files.read(run, name), name));
        }
        return new ClusterFiles(found);
    }

    /** The sha256 of each file, in the order of their names, for keys; empty without files. */
    public String digests() {
        StringBuilder digests = new StringBuilder();
        new TreeMap<>(files)
                .values()
                .forEach(file ->
                        digests.append("clusters ").append(file.sha256()).append('\n'));
        return digests.toString();
    }

    private static List<String> names(EvaluateSpec spec) {
        return Stream.concat(spec.slices().stream(), spec.tests().stream().flatMap(test -> test.slices().stream()))
                .map(SliceSpec::from)
                .filter(Objects::nonNull)
                .distinct()
                .sorted()
                .toList();
    }

    /** Whether an evaluation compares hidden states of the base model for clusters. */
    public static boolean readsHiddenStates(EvaluateSpec spec) {
        return spec.checksOrNone().errorClusters() != null || !names(spec).isEmpty();
    }

    /**
     * Checks that the base model has the layers and the dimensions.
     *
     * @param model folder of the base model
     * @throws StageProblem INVALID_PIPELINE naming the word or the file that does not fit the model
     */
    public void check(EvaluateSpec spec, Path model) {
        ErrorClustersSpec word = spec.checksOrNone().errorClusters();
        Integer layer = word == null ? null : word.layer();
        if (layer == null && files.isEmpty()) {
            return;
        }
        ModelConfig config = ModelConfig.read(model);
        if (layer != null && layer > config.layers()) {
            throw StageProblem.invalid(String.format(
                    Locale.ROOT,
                    "evaluate: `errorClusters layer: %d`: the base model has layers 1 to %d; choose one of them, or leave layer: out",
                    layer,
                    config.layers()));
        }
        files.forEach((name, file) -> {
            if (file.layer() > config.layers() || file.dimensions() != config.hiddenSize()) {
                throw StageProblem.invalid(String.format(
                        Locale.ROOT,
                        "evaluate: `slices from: '%s'`: its clusters are those of another base model, with vectors of %d numbers behind layer %d; this one has %d numbers and %d layers. Run `errorClusters` with this base model, and save its clusters",
                        name,
                        file.dimensions(),
                        file.layer(),
                        config.hiddenSize(),
                        config.layers()));
            }
        });
    }

    /**
     * Checks that the clusters are those of this base model.
     *
     * @param baseModel digest of the base model
     * @throws StageProblem INVALID_PIPELINE naming the file of another model
     */
    public void require(String baseModel) {
        files.forEach((name, file) -> {
            if (!file.baseModel().equals(baseModel)) {
                throw StageProblem.invalid(
                        "evaluate: `slices from: '%s'`: its clusters are those of the base model %s, but this pipeline trains %s, whose hidden states cannot be compared with them; run `errorClusters` with this base model, and save its clusters"
                                .formatted(
                                        name,
                                        file.baseModel().substring(0, 12),
                                        baseModel.substring(0, Math.min(12, baseModel.length()))));
            }
        });
    }

    /** The file with this name. */
    public ClusterFile of(String name) {
        return Objects.requireNonNull(files.get(name), "the file was not read before: " + name);
    }
}
