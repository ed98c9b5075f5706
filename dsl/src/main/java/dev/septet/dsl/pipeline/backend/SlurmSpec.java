package dev.septet.dsl.pipeline.backend;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An outside trainer as a job of a Slurm cluster.
 *
 * @param command the trainer
 * @param partition null = the cluster's default
 * @param account null = the user's default
 * @param gpus GPUs of each node; 0 = none
 * @param cpus processors of each task; null = the cluster's default
 * @param memoryBytes memory of each node; null = the cluster's default
 * @param time time limit of the job; null = the partition's
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SlurmSpec(
        CommandTrainerSpec command,
        @Nullable String partition,
        @Nullable String account,
        int nodes,
        int gpus,
        @Nullable Integer cpus,
        @Nullable Long memoryBytes,
        @Nullable Duration time)
        implements OutsideTrainerSpec {
    /** Names of partitions and accounts. */
    public static final String NAME_PATTERN = "[A-Za-z0-9_][A-Za-z0-9_.,-]{0,127}";

    public SlurmSpec {
        require(nodes >= 1, "nodes must be at least 1, got %s", nodes);
        require(gpus >= 0, "gpus must be at least 0, got %s", gpus);
        require(cpus == null || cpus >= 1, "cpus must be at least 1, got %s", cpus);
        require(partition == null || partition.matches(NAME_PATTERN), "'%s' is not a partition's name", partition);
        require(account == null || account.matches(NAME_PATTERN), "'%s' is not an account's name", account);
    }

    @Override
    public String written() {
        return "slurm(%s)".formatted(command.written());
    }
}
