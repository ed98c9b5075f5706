package dev.septet.activities.train.command;

import dev.septet.activities.train.kubernetes.KubernetesCluster;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.activities.train.sagemaker.SageMakerAccount;
import dev.septet.dsl.pipeline.backend.OutsideTrainerSpec;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** What an operator's file declares, for tests of the platforms. */
public final class DeclaredTrainers {
    private DeclaredTrainers() {}

    /** The section {@code kubernetes:}. */
    public static KubernetesCluster kubernetes(Path file) {
        return Objects.requireNonNull(OutsideTrainers.read(file).kubernetes());
    }

    /** The section {@code sagemaker:}. */
    public static SageMakerAccount sagemaker(Path file) {
        return Objects.requireNonNull(OutsideTrainers.read(file).sagemaker());
    }

    /** The trainer as a pipeline uses it. */
    public static OutsideTrainer trainer(OutsideTrainers trainers, OutsideTrainerSpec by) {
        return ((CommandBackEnd) trainers.of(by)).trainer();
    }

    /** The trainers of a machine with another environment. */
    public static OutsideTrainers machine(Path file, Path runs, Map<String, String> environment) {
        return new OutsideTrainers(file, runs, new TrainerHost(Path.of("/"), environment));
    }
}
