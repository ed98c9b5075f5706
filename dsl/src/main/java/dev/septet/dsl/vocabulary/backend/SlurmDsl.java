package dev.septet.dsl.vocabulary.backend;

import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.dsl.pipeline.backend.SlurmSpec;
import dev.septet.dsl.vocabulary.word.DataSize;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Refusal;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a job requests from a Slurm cluster. */
public final class SlurmDsl {
    private @Nullable String partition;
    private @Nullable String account;
    private int nodes = 1;
    private int gpus;
    private @Nullable Integer cpus;
    private @Nullable Long memory;
    private @Nullable Duration time;

    private SlurmDsl() {}

    /** The partition of the job (sbatch --partition). By default, the cluster's default partition. */
    @Example("partition 'gpu'")
    public void partition(@Example("'gpu'") String name) {
        Refusal.unless(name.matches(SlurmSpec.NAME_PATTERN), "'%s' is not a partition's name", name);
        partition = name;
    }

    /** The account that the job is charged to (sbatch --account). */
    @Example("account 'ml'")
    public void account(@Example("'ml'") String name) {
        Refusal.unless(name.matches(SlurmSpec.NAME_PATTERN), "'%s' is not an account's name", name);
        account = name;
    }

    /** How many nodes the job gets. At least 1. */
    @Example("nodes 2")
    public void nodes(@Example("2") int count) {
        Refusal.unless(count >= 1, "nodes must be at least 1, got %s", count);
        nodes = count;
    }

    /** How many GPUs the job gets on each node. */
    @Example("gpus 4")
    public void gpus(@Example("4") int count) {
        Refusal.unless(count >= 0, "gpus must be at least 0, got %s", count);
        gpus = count;
    }

    /** How many processors each task gets. */
    @Example("cpus 8")
    public void cpus(@Example("8") int count) {
        Refusal.unless(count >= 1, "cpus must be at least 1, got %s", count);
        cpus = count;
    }

    /** How much memory the job gets on each node. */
    @Example("memory 64.gb")
    public void memory(@Example("64.gb") DataSize size) {
        memory = size.bytes();
    }

    /** The time limit of the job. Slurm ends it then, and the next job continues from its newest checkpoint. */
    @Example("time 12.hours")
    public void time(@Example("12.hours") Duration limit) {
        time = limit;
    }

    /**
     * What the block sets.
     *
     * @param words null = the file has no block
     */
    public static SlurmSpec spec(CommandTrainerSpec command, @Nullable Consumer<SlurmDsl> words) {
        var dsl = new SlurmDsl();
        if (words != null) {
            words.accept(dsl);
        }
        return new SlurmSpec(command, dsl.partition, dsl.account, dsl.nodes, dsl.gpus, dsl.cpus, dsl.memory, dsl.time);
    }
}
