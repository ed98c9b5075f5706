package dev.septet.activities.train.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.store.Sha256;
import dev.septet.activities.store.bucket.S3Address;
import dev.septet.activities.store.bucket.S3Bucket;
import dev.septet.activities.store.bucket.S3Exchange;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.dsl.pipeline.backend.SageMakerSpec;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;

/** What a worker takes of the files that a training job writes into a bucket. */
class SageMakerFilesTest {
    @RegisterExtension
    static final S3Bucket BUCKET = new S3Bucket();

    @TempDir
    Path temp;

    private S3Address at;
    private TrainerFolder folder;
    private SageMakerFiles files;

    @BeforeEach
    void start() throws IOException {
        at = BUCKET.address();
        folder = new TrainerFolder(Files.createDirectories(temp.resolve("run-1-train")));
        SageMakerAccount account = new SageMakerAccount(
                "us-east-1",
                "arn:aws:iam::123456789012:role/x",
                at,
                List.of("trl:1"),
                List.of("ml.g5.2xlarge"),
                Duration.ofHours(1),
                URI.create("https://127.0.0.1"),
                null,
                List.of(),
                List.of());
        OutsideTrainer trainer = new OutsideTrainer(
                "trl",
                List.of("python3"),
                List.of("lora"),
                List.of("supervised"),
                Map.of(),
                null,
                Duration.ofSeconds(5),
                Duration.ofMinutes(5),
                Duration.ofMinutes(5),
                1,
                Map.of(),
                List.of());
        SageMakerSpec spec =
                new SageMakerSpec(new CommandTrainerSpec("trl", Map.of()), null, null, 1, null, null, null);
        SageMakerRequest request = new SageMakerRequest(folder, trainer, spec, account);
        files = new SageMakerFiles(request, new S3Exchange(BUCKET.client(), at), request.at(1));
    }

    @Test
    void aCheckpointIsTakenWhenAllOfItsFilesArrived() throws IOException {
        write("sums/checkpoint-2", sum("state", "two") + sum("complete", ""));
        write("checkpoints/checkpoint-2/complete", "");
        write("checkpoints/checkpoint-2/state", "half");
        files.pull();
        assertThat(folder.complete()).isEmpty();

        write("checkpoints/checkpoint-2/state", "two");
        files.pull();
        assertThat(folder.complete()).containsOnlyKeys(2);
        assertThat(folder.checkpoint(2).resolve("state")).hasContent("two");
    }

    @Test
    void anOlderCheckpointIsTakenWhileANewerOneArrives() throws IOException {
        write("sums/checkpoint-2", sum("complete", ""));
        write("checkpoints/checkpoint-2/complete", "");
        write("sums/checkpoint-4", sum("complete", "").replace("checkpoint-2", "checkpoint-4"));
        files.pull();
        assertThat(folder.complete()).containsOnlyKeys(2);

        write("checkpoints/checkpoint-4/complete", "");
        files.pull();
        assertThat(folder.complete()).containsOnlyKeys(4); // the store has what the older one had
    }

    @Test
    void theEndIsTakenWithAllFilesOfTheResult() throws IOException {
        write("exit", "0 exited\n");
        write("metrics.jsonl", "{\"step\": 1}\n");
        write(
                "sums/end",
                "%s  exit\0%s  metrics.jsonl\0%s  output/adapter/a.json\0"
                        .formatted(
                                Sha256.of("0 exited\n"), Sha256.of("{\"step\": 1}\n{\"step\": 2}\n"), Sha256.of("{}")));
        write("output/adapter/a.json", "{}");
        files.pull();
        assertThat(folder.exit()).doesNotExist();
        assertThat(folder.metrics()).hasContent("{\"step\": 1}\n");

        write("metrics.jsonl", "{\"step\": 1}\n{\"step\": 2}\n");
        files.pull();
        assertThat(folder.exit()).hasContent("0 exited\n");
        assertThat(folder.output().resolve("adapter/a.json")).hasContent("{}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"checkpoints/../../outside", "output/./x", "output//x", "output/a\\b", "output/a\nb"})
    void aNameThatLeavesTheFolderIsRefused(String name) throws IOException {
        write("sums/end", "%s  exit\0%s  %s\0".formatted(Sha256.of("0 exited\n"), Sha256.of("x"), name));
        write("exit", "0 exited\n");
        assertThatThrownBy(files::pull)
                .hasMessageContaining("trainer trl broke the contract: it wrote a file with the name '");
        assertThat(temp).isDirectoryNotContaining("glob:**outside");
    }

    @Test
    void aListOfAnotherFolderIsRefused() throws IOException {
        write("sums/checkpoint-2", "%s  request.json\0".formatted(Sha256.of("x")));
        assertThatThrownBy(files::pull).hasMessageContaining("sums/checkpoint-2 names a file of another folder");
    }

    @Test
    void anotherMachineGetsTheSmallFiles() throws IOException {
        Files.createDirectories(folder.data());
        Files.createDirectories(folder.model().resolve("nested"));
        Files.createDirectories(folder.checkpoints());
        Files.writeString(folder.model().resolve("nested/config.json"), "{}");
        Files.writeString(folder.request(), "{}");
        Files.writeString(folder.fingerprint(), "trainer trl\n");
        files.stage();
        assertThat(folder.root().resolve("incoming")).doesNotExist();
        Files.delete(folder.request());
        Files.delete(folder.fingerprint());

        files.adopt();

        assertThat(folder.fingerprint()).hasContent("trainer trl\n");
        assertThat(folder.request()).hasContent("{}");
        assertThat(new S3Exchange(BUCKET.client(), at).list("run-1-train/1/in/"))
                .extracting(S3Exchange.Item::name)
                .contains("run-1-train/1/in/model/nested/config.json", "run-1-train/1/in/job.sh");
    }

    private static String sum(String name, String content) {
        return "%s  checkpoints/checkpoint-2/%s\0".formatted(Sha256.of(content), name);
    }

    private void write(String name, String content) {
        BUCKET.client()
                .putObject(
                        request -> request.bucket(at.bucket()).key(at.key("run-1-train/1/run/" + name)),
                        RequestBody.fromString(content));
    }
}
