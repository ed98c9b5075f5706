package dev.septet.dsl.vocabulary.backend;

import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.dsl.pipeline.backend.KubernetesSpec;
import dev.septet.dsl.vocabulary.word.DataSize;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Refusal;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a job requests from a Kubernetes cluster. */
public final class KubernetesDsl {
    private @Nullable String image;
    private @Nullable String namespace;
    private int nodes = 1;
    private int gpus;
    private @Nullable Integer cpus;
    private @Nullable Long memory;
    private @Nullable Duration time;

    private KubernetesDsl() {}

    /**
     * The container image that holds the trainer. The operator of the workers declares the allowed images; the first one
     * is the default.
     */
    @Example("image 'registry.example/ml/trl:3'")
    public void image(@Example("'registry.example/ml/trl:3'") String name) {
        Refusal.unless(name.matches(KubernetesSpec.IMAGE_PATTERN), "'%s' is not an image's name", name);
        image = name;
    }

    /**
     * The namespace of the job. The operator of the workers declares the allowed namespaces; the first one is the
     * default.
     */
    @Example("namespace 'training'")
    public void namespace(@Example("'training'") String name) {
        Refusal.unless(name.matches(KubernetesSpec.NAMESPACE_PATTERN), "'%s' is not a namespace's name", name);
        namespace = name;
    }

    /** How many pods train together, such as the nodes of torchrun. At least 1. */
    @Example("nodes 2")
    public void nodes(@Example("2") int count) {
        Refusal.unless(count >= 1, "nodes must be at least 1, got %s", count);
        nodes = count;
    }

    /** How many GPUs each pod gets. */
    @Example("gpus 4")
    public void gpus(@Example("4") int count) {
        Refusal.unless(count >= 0, "gpus must be at least 0, got %s", count);
        gpus = count;
    }

    /** How many processors each pod gets. */
    @Example("cpus 8")
    public void cpus(@Example("8") int count) {
        Refusal.unless(count >= 1, "cpus must be at least 1, got %s", count);
        cpus = count;
    }

    /** How much memory each pod gets. */
    @Example("memory 64.gb")
    public void memory(@Example("64.gb") DataSize size) {
        memory = size.bytes();
    }

    /**
     * How long the pods may run. The cluster ends them then, and the next job continues from the newest checkpoint. The
     * time in the queue does not count.
     */
    @Example("time 12.hours")
    public void time(@Example("12.hours") Duration limit) {
        time = limit;
    }

    /**
     * What the block sets.
     *
     * @param words null = the file has no block
     */
    public static KubernetesSpec spec(CommandTrainerSpec command, @Nullable Consumer<KubernetesDsl> words) {
        var dsl = new KubernetesDsl();
        if (words != null) {
            words.accept(dsl);
        }
        return new KubernetesSpec(
                command, dsl.image, dsl.namespace, dsl.nodes, dsl.gpus, dsl.cpus, dsl.memory, dsl.time);
    }
}
