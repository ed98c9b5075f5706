package dev.septet.activities.train.sagemaker;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.store.Sha256;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.backend.SageMakerSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The training jobs of a run: their names, their folders in the bucket, and the requests that create them. SageMaker
 * never forgets a name, so each restart has the next number.
 *
 * @param spec with its image, its instance type and its time limit
 */
record SageMakerRequest(TrainerFolder folder, OutsideTrainer trainer, SageMakerSpec spec, SageMakerAccount account) {
    /** The input channel, and below the folder of a job what the channel holds. */
    static final String IN = "in";

    /** Below the folder of a job: what the trainer writes. */
    static final String OUT = "run";

    static final String SCRIPT = "job.sh";
    static final String COMMAND = "command";

    private static final String ML = "/opt/ml";
    private static final String RUN = "/tmp/septet-run";
    private static final long STANDARD_VOLUME = 100;
    private static final long GB = 1L << 30;
    private static final int LONGEST_NAME = 32;
    private static final int DIGITS = 8;

    /** SageMaker sends SIGKILL 120 seconds after SIGTERM; the last files must reach the bucket before. */
    private static final Duration LONGEST_GRACE = Duration.ofSeconds(90);

    /** With the spec as the account allows it. */
    SageMakerRequest {
        spec = account.allowed(spec, trainer);
    }

    /** Name of a job; at most 63 characters. */
    String name(int number) {
        String plain = run().replaceAll("[^A-Za-z0-9]+", "-");
        String cut = plain.substring(0, Math.min(LONGEST_NAME, plain.length())).replaceAll("^-+|-+$", "");
        return String.format(
                Locale.ROOT,
                "septet-%s%s-%d",
                cut.isEmpty() ? "" : cut + "-",
                Sha256.of(account.bucket() + run()).substring(0, DIGITS),
                number);
    }

    private String run() {
        return folder.root().getFileName().toString();
    }

    /** Below the account's address, the folders of all jobs of the run. */
    String all() {
        return run() + "/";
    }

    /** Below the account's address, the folder of a job. */
    String at(int number) {
        return String.format(Locale.ROOT, "%s%d/", all(), number);
    }

    /** The address of what the trainer of a job writes, which only jobs of this run have. */
    String address(int number) {
        return "%s%s%s".formatted(account.bucket(), at(number), OUT);
    }

    /** The body of CreateTrainingJob. */
    ObjectNode create(int number) {
        ObjectNode body = SpecJson.mapper().createObjectNode();
        body.put("TrainingJobName", name(number));
        ObjectNode algorithm = body.putObject("AlgorithmSpecification");
        algorithm.put("TrainingImage", Objects.requireNonNull(spec.image()));
        algorithm.put("TrainingInputMode", "File");
        texts(
                algorithm.putArray("ContainerEntrypoint"),
                List.of("bash", "%s/input/data/%s/%s".formatted(ML, IN, SCRIPT)));
        Duration grace = trainer.grace().compareTo(LONGEST_GRACE) < 0 ? trainer.grace() : LONGEST_GRACE;
        texts(
                algorithm.putArray("ContainerArguments"),
                List.of(ML, RUN, Long.toString(grace.toSeconds()), Integer.toString(spec.nodes())));
        body.put("RoleArn", account.role());
        ObjectNode channel = body.putArray("InputDataConfig").addObject();
        channel.put("ChannelName", IN);
        channel.put("InputMode", "File");
        channel.putObject("DataSource")
                .putObject("S3DataSource")
                .put("S3DataType", "S3Prefix")
                .put("S3Uri", "%s%s%s/".formatted(account.bucket(), at(number), IN))
                .put("S3DataDistributionType", "FullyReplicated");
        body.putObject("OutputDataConfig").put("S3OutputPath", "%s%smodel".formatted(account.bucket(), at(number)));
        Long volume = spec.volumeBytes();
        body.putObject("ResourceConfig")
                .put("InstanceType", Objects.requireNonNull(spec.instance()))
                .put("InstanceCount", spec.nodes())
                .put("VolumeSizeInGB", volume == null ? STANDARD_VOLUME : Math.max(1, (volume + GB - 1) / GB));
        body.putObject("CheckpointConfig").put("S3Uri", address(number)).put("LocalPath", ML + "/checkpoints");
        limits(body);
        if (!account.subnets().isEmpty()) {
            ObjectNode vpc = body.putObject("VpcConfig");
            texts(vpc.putArray("SecurityGroupIds"), account.securityGroups());
            texts(vpc.putArray("Subnets"), account.subnets());
        }
        return body;
    }

    private void limits(ObjectNode body) {
        long time = Objects.requireNonNull(spec.time()).toSeconds();
        Duration wait = spec.spot();
        ObjectNode limits = body.putObject("StoppingCondition").put("MaxRuntimeInSeconds", time);
        if (wait != null) {
            long all = Math.min(SageMakerAccount.LONGEST.toSeconds(), time + wait.toSeconds());
            limits.put("MaxWaitTimeInSeconds", all);
        }
        body.put("EnableManagedSpotTraining", wait != null);
    }

    private static void texts(ArrayNode array, List<String> texts) {
        texts.forEach(array::add);
    }

    /**
     * The file {@code command}: the working folder, the variables, an empty text, the program and its arguments. Each
     * ends with a NUL. It is a file, because SageMaker limits the length of arguments, and shows variables to everybody
     * who may describe the job.
     */
    byte[] command() {
        List<String> all = new ArrayList<>();
        all.add(trainer.folder() == null ? "" : trainer.folder());
        trainer.environment().forEach((name, value) -> all.add(name + "=" + value));
        all.add("");
        all.addAll(trainer.command());
        return (String.join("\0", all) + "\0").getBytes(StandardCharsets.UTF_8);
    }
}
