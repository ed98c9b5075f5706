package dev.septet.activities.train.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.train.command.DeclaredTrainers;
import dev.septet.activities.train.command.OutsideTrainers;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.activities.train.outside.TrainerLauncher.Exit;
import dev.septet.dsl.Golden;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.dsl.pipeline.backend.SageMakerSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SageMakerRequestTest {
    private static final String SECTION =
            "region: eu-west-1, role: 'arn:aws:iam::123456789012:role/septet-trainer', bucket: example-training,"
                    + " images: ['registry.example/trl:3'], instances: [ml.g5.2xlarge, ml.g5.12xlarge]";

    @TempDir
    Path temp;

    @Test
    void theRequestOfASpotJobInAVpc() throws IOException {
        SageMakerRequest request = request(
                account(SECTION + ", maxTime: 48h, subnets: [subnet-0a1b2c3d], securityGroups: [sg-0a1b2c3d]"),
                spec(null, "ml.g5.12xlarge", Duration.ofHours(12), Duration.ofHours(6)),
                "run-1-train");
        Golden.check(
                Path.of("src/test/resources/dev/septet/activities/train/sagemaker/sagemaker-request.json"),
                SpecJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(request.create(3)) + "\n");
        assertThat(new String(request.command(), StandardCharsets.UTF_8))
                .isEqualTo("/opt/trl\0OMP_NUM_THREADS=8\0\0/opt/trl/bin/python\0/opt/trl/train.py\0a b\0");
    }

    @Test
    void withoutWordsTheOperatorsValuesCount() throws IOException {
        ObjectNode body = request(account(SECTION), spec(null, null, null, null), "run-1-train")
                .create(1);
        assertThat(body.at("/AlgorithmSpecification/TrainingImage").asText()).isEqualTo("registry.example/trl:3");
        assertThat(body.at("/ResourceConfig/InstanceType").asText()).isEqualTo("ml.g5.2xlarge");
        assertThat(body.at("/StoppingCondition/MaxRuntimeInSeconds").asLong()).isEqualTo(24 * 3600);
        assertThat(body.path("EnableManagedSpotTraining").asBoolean()).isFalse();
        assertThat(body.has("VpcConfig")).isFalse();
    }

    @Test
    void namesAreThoseOfSageMaker() throws IOException {
        SageMakerAccount account = account(SECTION);
        for (String run : List.of("run-1-train", "Support_Bot.2026-" + "x".repeat(100) + "-train", "---", "ä")) {
            assertThat(request(account, spec(null, null, null, null), run).name(9999))
                    .matches("[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
                    .doesNotContain("--");
        }
        assertThat(request(account, spec(null, null, null, null), "a_b").name(1))
                .isNotEqualTo(
                        request(account, spec(null, null, null, null), "a-b").name(1))
                .isNotEqualTo(request(account(SECTION + ", prefix: other"), spec(null, null, null, null), "a_b")
                        .name(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "region: europe | region: expected an AWS region",
                "role: admin | role: expected a role such as arn:",
                "bucket: Bad_Bucket | bucket: expected the name of a bucket",
                "prefix: a/../b | bucket: expected the name of a bucket",
                "instances: [g5.2xlarge] | instances: expected a list of instance types",
                "instances: [] | instances: expected a list of instance types",
                "images: ['a b'] | images: expected a list of images",
                "maxTime: 700h | maxTime: expected at most 672h",
                "endpoint: 'http://example.org' | endpoint: expected an address that begins with https://",
                "s3Endpoint: 's3.example.org' | s3Endpoint: expected an address that begins with https://",
                "subnets: [subnet-1] | subnets: expected both `subnets:` and `securityGroups:`",
                "securityGroups: ['*'] | securityGroups: expected a list of ids",
                "prices: {ml.p5.48xlarge: 98} | ml.p5.48xlarge: expected an instance type of `instances:`",
                "prices: {ml.g5.2xlarge: '1.52'} | ml.g5.2xlarge: expected the price of an instance for an hour",
                "prices: {ml.g5.2xlarge: -1} | ml.g5.2xlarge: expected the price of an instance for an hour",
                "currency: 'a b' | currency: expected at most 16 letters",
                "tags: {a: b} | has no `tags`"
            })
    void aWrongDeclarationIsNamed(String line, String message) {
        String name = line.substring(0, line.indexOf(':'));
        String rest = SECTION.replaceFirst("(^|, )" + name + ": ('[^']*'|\\[[^\\]]*\\]|[^,]*)", "")
                .replaceFirst("^, ", "");
        assertThatThrownBy(() -> account(rest + ", " + line))
                .hasMessageContaining("sagemaker")
                .hasMessageContaining(message);
    }

    @Test
    void whatTheOperatorDoesNotAllowIsNamed() throws IOException {
        SageMakerAccount account = account(SECTION);
        assertThatThrownBy(() -> request(account, spec("evil.example/miner:1", null, null, null), "r"))
                .hasMessage("train: by sagemaker(command('trl')): the operator's file does not allow the image"
                        + " 'evil.example/miner:1', only registry.example/trl:3; write one of these, or ask"
                        + " the operator to add it to `images:`");
        assertThatThrownBy(() -> request(account, spec(null, "ml.p5.48xlarge", null, null), "r"))
                .hasMessageContaining(
                        "does not allow the instance 'ml.p5.48xlarge', only ml.g5.2xlarge, ml.g5.12xlarge;");
        assertThatThrownBy(() -> request(account, spec(null, null, Duration.ofHours(25), null), "r"))
                .hasMessageContaining(
                        "allows a time of at most 1440 minutes (`maxTime:`), but the pipeline file requests 1500");
        OutsideTrainers none = new OutsideTrainers(temp.resolve("trainers.yaml"), temp.resolve("runs"));
        Files.writeString(temp.resolve("trainers.yaml"), "trainers: {trl: {command: [python3]}}\n");
        assertThatThrownBy(() -> none.of(spec(null, null, null, null)))
                .hasMessageContaining("has no section `sagemaker:`; see the page trainers.md");
    }

    @Test
    void missingCredentialsAreNamed() throws IOException {
        SageMakerRequest request = request(account(SECTION), spec(null, null, null, null), "run-1-train");
        SageMakerClient.Failure failure = new SageMakerClient.Failure(
                "CreateTrainingJob", 0, "NoCredentials", "this worker has no AWS credentials; set AWS_ACCESS_KEY_ID");
        assertThat(failure.away()).isFalse();
        assertThat(failure.denied()).isTrue();
        assertThat(failure.why()).isEqualTo("this worker has no AWS credentials; set AWS_ACCESS_KEY_ID");
        assertThat(request.account().endpoint()).hasToString("https://api.sagemaker.eu-west-1.amazonaws.com");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Failed | Failed | CapacityError: Unable to provision | SageMaker reports: CapacityError: Unable to"
                        + " provision; choose another instance type, or try again later",
                "Failed | Failed | ClientError: Cannot pull image | SageMaker reports: ClientError: Cannot pull image;"
                        + " check the image, and that the role may read its registry",
                "Failed | Failed | 'AlgorithmError: , exit code: 127' | 'SageMaker reports: AlgorithmError: , exit"
                        + " code: 127; the image needs bash'",
                "Stopped | MaxWaitTimeExceeded | '' | there was no spot capacity in the time of `spot wait:`",
                "Stopped | MaxRuntimeExceeded | '' | its time limit",
                "Completed | Completed | '' | 'it completed, but its files did not arrive in the bucket; check the"
                        + " role''s policy'"
            })
    void whatEndedAJobIsNamed(String status, String secondary, String reason, String expected) {
        assertThat(report(status, secondary, reason).exit(Optional.empty())).isEqualTo(new Exit(1, expected));
    }

    @Test
    void theScriptKnowsHowTheProgramEnded() {
        Exit crashed = new Exit(1, "exited");
        assertThat(report("Failed", "Failed", "AlgorithmError").exit(Optional.of(crashed)))
                .isEqualTo(crashed);
        assertThat(report("Completed", "Completed", "").exit(Optional.of(new Exit(0, "exited"))))
                .isEqualTo(new Exit(0, "exited"));
        assertThat(report("Failed", "Failed", "AlgorithmError").exit(Optional.of(new Exit(75, "interrupted"))))
                .extracting(Exit::reason)
                .asString()
                .startsWith("a spot interruption");
    }

    private static SageMakerReport report(String status, String secondary, String reason) {
        return new SageMakerReport(SpecJson.mapper()
                .createObjectNode()
                .put("TrainingJobStatus", status)
                .put("SecondaryStatus", secondary)
                .put("FailureReason", reason));
    }

    private static SageMakerSpec spec(
            @Nullable String image, @Nullable String instance, @Nullable Duration time, @Nullable Duration spot) {
        return new SageMakerSpec(
                new CommandTrainerSpec("trl", Map.of()), image, instance, 2, 200_000_000_000L, time, spot);
    }

    private static SageMakerRequest request(SageMakerAccount account, SageMakerSpec spec, String run) {
        OutsideTrainer trainer = new OutsideTrainer(
                "trl",
                List.of("/opt/trl/bin/python", "/opt/trl/train.py", "a b"),
                List.of("lora"),
                List.of("supervised"),
                Map.of("OMP_NUM_THREADS", "8"),
                "/opt/trl",
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Duration.ofMinutes(30),
                1,
                Map.of(),
                List.of());
        return new SageMakerRequest(
                new TrainerFolder(Path.of("/septet/trainers").resolve(run)), trainer, spec, account);
    }

    private SageMakerAccount account(String section) throws IOException {
        Path file = temp.resolve("trainers.yaml");
        Files.writeString(file, "trainers: {trl: {command: [python3]}}\nsagemaker: {%s}\n".formatted(section));
        return DeclaredTrainers.sagemaker(file);
    }
}
