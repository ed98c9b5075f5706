package dev.septet.activities.train.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.endpoint.BedrockAccount;
import dev.septet.activities.endpoint.ModelEndpoint;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.operator.OperatorFile;
import dev.septet.activities.train.BackEnd;
import dev.septet.activities.train.JarBackEnd;
import dev.septet.activities.train.bedrock.BedrockBackEnd;
import dev.septet.activities.train.hosted.OpenAiBackEnd;
import dev.septet.activities.train.kubernetes.KubernetesCluster;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.activities.train.outside.TrainerPlatform;
import dev.septet.activities.train.outside.TrainerProblems;
import dev.septet.activities.train.outside.TrainerReader;
import dev.septet.activities.train.sagemaker.SageMakerAccount;
import dev.septet.activities.train.slurm.SlurmJob;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.backend.BedrockSpec;
import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.dsl.pipeline.backend.KubernetesSpec;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.dsl.pipeline.backend.OutsideTrainerSpec;
import dev.septet.dsl.pipeline.backend.SageMakerSpec;
import dev.septet.dsl.pipeline.backend.SlurmSpec;
import dev.septet.dsl.pipeline.train.BackEndCheck;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.settings.Setting;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The outside trainers of a worker, by name.
 *
 * @param file the operator's file; null = none is set
 * @param runs folder of the run folders
 * @param host the machine of this worker
 */
public record OutsideTrainers(@Nullable Path file, Path runs, TrainerHost host) implements BackEnd.Finder {
    /** On this machine. */
    public OutsideTrainers(@Nullable Path file, Path runs) {
        this(file, runs, TrainerHost.here(System.getenv()));
    }

    /**
     * What an operator's file declares.
     *
     * @param kubernetes null = pipelines may use no Kubernetes cluster
     * @param sagemaker null = pipelines may not use Amazon SageMaker
     */
    record Declarations(
            Map<String, OutsideTrainer> trainers,
            @Nullable KubernetesCluster kubernetes,
            @Nullable SageMakerAccount sagemaker) {}

    /**
     * As the environment says.
     *
     * @param standard folder of the run folders, unless the environment names another
     */
    public static OutsideTrainers of(Map<String, String> environment, Path standard) {
        String runs = Setting.TRAINER_RUNS.value(environment);
        return new OutsideTrainers(
                OperatorFile.named(environment),
                runs == null || runs.isBlank() ? standard : Path.of(runs.strip()),
                TrainerHost.here(environment));
    }

    /** What can be said about a training where its file is checked: nothing, unless trainers are declared here. */
    public BackEndCheck check() {
        return file == null
                ? BackEndCheck.NONE
                : train -> {
                    try {
                        checkHere(train);
                        return Optional.empty();
                    } catch (StageProblem problem) {
                        BackEndSpec by = Objects.requireNonNull(train.by());
                        return Optional.of(String.valueOf(problem.getMessage())
                                .replaceFirst("^train: by " + Pattern.quote(by.written()) + ": ", ""));
                    }
                };
    }

    /**
     * Checks a training as far as this machine knows what trains it; a worker may know more.
     *
     * @throws StageProblem naming what the trainer cannot do, or that it is not declared
     */
    public void checkHere(TrainSpec train) {
        BackEndSpec by = train.by();
        if (file != null && by != null && !(by instanceof ExtensionSpec.ForBackEnd)) {
            of(by).check(train); // no code of a jar runs where a file is checked
        }
    }

    /**
     * What a training may take at most, as far as it is declared on this machine.
     *
     * @throws StageProblem when trainers are declared here, but not this one
     */
    public TrainingLimits limits(OutsideTrainerSpec used) {
        SageMakerAccount account = file == null ? null : declarations(used).sagemaker();
        if (used instanceof SageMakerSpec job && account != null) {
            return TrainingLimits.of(account.allowed(job, declared(job)), account);
        }
        return TrainingLimits.of(used);
    }

    /**
     * The endpoint of a service, as far as this machine knows it.
     *
     * @throws StageProblem when the operator's file does not declare it
     */
    public Optional<ModelEndpoint> endpoint(BackEndSpec used) {
        if (file == null) {
            return Optional.empty();
        }
        ModelEndpoints endpoints = new ModelEndpoints(file, host.environment());
        String where = "train: by " + used.written();
        if (used instanceof OpenAiSpec service) {
            return Optional.of(endpoints.service(where, service.endpoint()));
        }
        return used instanceof BedrockSpec
                ? Optional.of(endpoints.endpoint(where, BedrockAccount.NAME))
                : Optional.empty();
    }

    /** Whether trainers are declared here, so that names can be checked before a run. */
    public boolean declared() {
        return file != null;
    }

    @Override
    public BackEnd of(BackEndSpec used) {
        if (used instanceof ExtensionSpec.ForBackEnd own) {
            return JarBackEnd.of(own.extension());
        } else if (used instanceof OutsideTrainerSpec trainer) {
            return outside(trainer);
        } else if (used instanceof OpenAiSpec service) {
            return new OpenAiBackEnd(new ModelEndpoints(file, host.environment()), service);
        } else if (used instanceof BedrockSpec job) {
            return new BedrockBackEnd(new ModelEndpoints(file, host.environment()), job);
        }
        throw TrainerProblems.denied(used, "this worker does not know it");
    }

    private BackEnd outside(OutsideTrainerSpec used) {
        Declarations all = declarations(used);
        OutsideTrainer trainer = declared(used, all);
        if (used instanceof KubernetesSpec job) {
            KubernetesCluster cluster =
                    section(job, "kubernetes", all.kubernetes()).of(trainer);
            return backEnd(trainer.in(cluster.image(job)), cluster.platform(job));
        } else if (used instanceof SageMakerSpec job) {
            SageMakerAccount account = section(job, "sagemaker", all.sagemaker());
            return backEnd(
                    trainer.in(account.allowed(job, trainer).image()), account.platform(job, host.environment()));
        } else if (used instanceof SlurmSpec job) {
            return backEnd(trainer.in(null), (request, folder, its, ending) -> new SlurmJob(folder, its, job));
        }
        return backEnd(
                trainer.in(null),
                (request, folder, its, ending) -> new TrainerProcess(
                        folder, its, host, request.setup().resources().gpus()));
    }

    private BackEnd backEnd(OutsideTrainer trainer, TrainerPlatform platform) {
        return new CommandBackEnd(trainer, runs.toAbsolutePath(), host, platform);
    }

    private <S> S section(OutsideTrainerSpec used, String name, @Nullable S section) {
        if (section == null) {
            throw TrainerProblems.denied(
                    used,
                    "the operator's file %s has no section `%s:`; see the page trainers.md".formatted(file, name));
        }
        return section;
    }

    /**
     * The trainer that a pipeline names.
     *
     * @throws StageProblem POLICY_DENIED when the operator does not allow it
     */
    OutsideTrainer declared(OutsideTrainerSpec used) {
        return declared(used, declarations(used));
    }

    private Declarations declarations(OutsideTrainerSpec used) {
        if (file == null) {
            throw TrainerProblems.denied(
                    used,
                    "this worker allows no outside trainers; its operator declares them in a file and sets %s to its path"
                            .formatted(Setting.TRAINERS.variable()));
        }
        return read(file);
    }

    private OutsideTrainer declared(OutsideTrainerSpec used, Declarations declarations) {
        Map<String, OutsideTrainer> all = declarations.trainers();
        return Optional.ofNullable(all.get(used.trainer()))
                .orElseThrow(() -> TrainerProblems.denied(
                        used,
                        "the operator's file %s has no trainer of this name; it has %s"
                                .formatted(file, all.isEmpty() ? "none" : String.join(", ", all.keySet()))));
    }

    /**
     * Reads an operator's file.
     *
     * @throws StageProblem POLICY_DENIED with file and line when it cannot be read
     */
    static Declarations read(Path path) {
        OperatorFile file = new OperatorFile(path);
        JsonNode root = file.root();
        JsonNode declared = root.path("trainers");
        if (!declared.isObject() && !(declared.isMissingNode() && (root.has("endpoints") || root.has("bedrock")))) {
            throw file.problem("the file: needs `trainers:` with names and values");
        }
        TrainerReader reader = new TrainerReader(file);
        Map<String, OutsideTrainer> trainers = new TreeMap<>();
        declared.properties().forEach(one -> {
            if (!one.getKey().matches(CommandTrainerSpec.NAME_PATTERN)) {
                throw file.problem(
                        "trainers: %s: is not a name; use letters, digits, '-' and '_'".formatted(one.getKey()));
            }
            trainers.put(one.getKey(), reader.trainer(one.getKey(), one.getValue()));
        });
        JsonNode cluster = root.path("kubernetes");
        JsonNode account = root.path("sagemaker");
        return new Declarations(
                trainers,
                cluster.isMissingNode() ? null : KubernetesCluster.of(file, cluster),
                account.isMissingNode() ? null : SageMakerAccount.of(file, account));
    }
}
