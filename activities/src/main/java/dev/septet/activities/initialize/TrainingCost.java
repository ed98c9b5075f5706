package dev.septet.activities.initialize;

import dev.septet.activities.train.EnginePlan;
import dev.septet.dsl.spec.InitializeSpec;
import dev.septet.dsl.spec.SetupSpec;
import dev.septet.dsl.spec.SgdSpec;
import dev.septet.dsl.spec.TrainSpec;
import dev.septet.llm.adapter.Method;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.model.ModelConfig;
import dev.septet.llm.model.Weights;

import java.util.Set;

/**
 * What a training will take, told from sizes alone.
 *
 * @param trainable parameters that the method trains
 * @param memoryBytes estimated peak of the worker's process
 */
public record TrainingCost(long trainable, long memoryBytes) {
    /** JVM, libtorch and its kernels, before any model: measured on Linux x86-64. */
    private static final long PROCESS = 450L << 20;

    /**
     * Values that the backward pass needs of a layer, per token: in multiples of the hidden size
     * (norms, queries, attention's output, residuals), and of the feed-forward size (gate, up,
     * their product and its parts).
     */
    private static final long PER_HIDDEN = 16;

    private static final long PER_FEED_FORWARD = 5;

    /** Copies of the scores over the vocabulary that exist at once: scores, softmax, gradient. */
    private static final long SCORES = 3;

    /**
     * @param rank replaces the file's LoRA rank; 0 = the file's own
     * @param longestRow tokens of the longest row of the data
     */
    public static TrainingCost of(
            ModelConfig config,
            ModelFolder folder,
            InitializeSpec initialize,
            TrainSpec train,
            SetupSpec setup,
            int rank,
            int longestRow) {
        Method method = EnginePlan.method(train.method(), rank);
        Set<Integer> frozen = EnginePlan.frozen(initialize.freeze());
        long own = 0;
        long fixed = 0;
        int first = config.layers();
        for (String name : Weights.names(config)) {
            long size = folder.tensor(name).elements();
            if (method.trains(name, config, frozen)) {
                own += size;
                first = Math.min(first, Math.max(0, Weights.layerOf(name)));
            } else {
                fixed += size;
            }
        }
        long added = method.added(config);
        if (added > 0) {
            for (int layer = config.layers() - 1; layer >= 0; layer--) {
                if (!frozen.contains(layer)) {
                    own += added;
                    first = layer;
                }
            }
        }
        int element = EnginePlan.precision(setup).bytes();
        int moments = train.optimizer() instanceof SgdSpec ? 1 : 2;
        long weights = fixed * element + own * Float.BYTES * (2L + moments);
        long tokens = (long) train.batch().size() * longestRow;
        long layer = PER_HIDDEN * config.hiddenSize() + PER_FEED_FORWARD * config.feedForwardSize();
        long activations =
                tokens
                        * element
                        * (layer * (config.layers() - first) + SCORES * config.vocabularySize());
        return new TrainingCost(own, PROCESS + weights + activations);
    }
}
