package dev.septet.activities.train.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.activities.train.outside.TrainerLauncher;
import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.dsl.pipeline.train.DoraSpec;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.RandomInitModel;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users see of a wrong declaration, program or result: rows of trainer-faults.md. */
class TrainerFaultsTest {
    private static final String DECLARED = """
        trainers:
          fake:
            command: [/opt/missing/python, train.py]
            options:
              mode: {type: text, default: good}
        """;

    @TempDir
    private Path temp = Path.of("");

    @Test
    void anUnknownTrainerIsNamedWithThoseThatThereAre() throws IOException {
        assertThatThrownBy(() -> trainers(DECLARED).of(new CommandTrainerSpec("trl", Map.of())))
                .isInstanceOfSatisfying(
                        StageProblem.class,
                        problem -> assertThat(problem.type()).isEqualTo(FailureType.POLICY_DENIED))
                .hasMessageContaining("train: by command('trl'): the operator's file")
                .hasMessageContaining("has no trainer of this name; it has fake");
    }

    @Test
    void aWorkerWithoutTrainersSaysWhatItsOperatorDoes() {
        assertThatThrownBy(() -> new OutsideTrainers(null, temp).of(new CommandTrainerSpec("trl", Map.of())))
                .hasMessageContaining("this worker allows no outside trainers; its operator declares them in a file and"
                        + " sets SEPTET_TRAINERS to its path");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "trainers: {fake: {command: [python3], grade: 3}} | trainers: fake: has no `grade`; it has command,",
                "trainers: {fake: {command: python3}} | trainers: fake: command: expected a list of texts",
                "trainers: {fake: {command: [python3], grace: soon}} | grace: expected a time such as 30s, 5m or 1h",
                "trainers: {fake: {command: [a], methods: [bitfit]}} | methods: expected a list of dora, full",
                "trainers: {fake: {command: [a]}, fake: {command: [b]}} | line 1: is not valid YAML",
                "trainers: {fake: {command: [a]} | is not valid YAML",
                "trainer: {} | the file: has no `trainer`; it has trainers",
                "trainers: {'a b': {command: [a]}} | is not a name; use letters, digits, '-' and '_'"
            })
    void aWrongDeclarationIsNamedWithItsFile(String yaml, String message) throws IOException {
        assertThatThrownBy(() -> trainers(yaml).of(new CommandTrainerSpec("fake", Map.of())))
                .hasMessageContaining("trainers.yaml (SEPTET_TRAINERS): ")
                .hasMessageContaining(message);
    }

    @Test
    void aMissingProgramIsNamed() throws IOException {
        assertThatThrownBy(() -> process(DECLARED).start())
                .hasMessageContaining(
                        "train: trainer fake cannot start: /opt/missing/python is not an executable program");
        assertThatThrownBy(() -> process(DECLARED.replace("options:", "folder: /opt/missing\n    options:"))
                        .start())
                .hasMessageContaining("its working folder /opt/missing does not exist on this worker");
    }

    @Test
    void whatATrainerDoesNotDeclareIsNamed() throws IOException {
        OutsideTrainer trainer = declared(DECLARED);
        assertThatThrownBy(() -> trainer.check(by(Map.of("packing", true))))
                .hasMessageContaining("packing: is not an option of this trainer; it has mode");
        assertThatThrownBy(() -> trainer.check(by(Map.of("mode", 3L)))).hasMessageContaining("mode: ");
        TrainSpec lora = by(Map.of());
        TrainSpec dora = new TrainSpec(
                new DoraSpec(LoraSpec.standard()),
                lora.epochs(),
                lora.steps(),
                lora.batch(),
                lora.optimizer(),
                lora.learningRate(),
                lora.clip(),
                lora.checkpoint(),
                lora.validateEvery(),
                lora.stop(),
                lora.onNonFinite(),
                lora.preserve(),
                lora.objective(),
                lora.by(),
                null,
                lora.policy());
        assertThatThrownBy(() -> trainer.check(dora))
                .hasMessageContaining("the trainer does not declare the method dora, only lora, full");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{\"step\":1,\"loss\":null} | metrics.jsonl:1 needs \"loss\", a finite number",
                "{\"step\":1,\"loss\":1e999} | is not finite",
                "{\"step\":2,\"loss\":1} | metrics.jsonl:1 has step 2, but step 1 comes next",
                "{\"step\":1,\"loss\":1,\"row\":\"private\"} | has an unknown field of 3 characters",
                "{\"step\":1,\"validationLoss\":1} | has the validation loss of step 1, but step 0 was the last",
                "[1] | needs \"step\", a whole number"
            })
    void wrongMetricsAreNamedWithTheirLine(String line, String message) throws IOException {
        Path file = Files.writeString(temp.resolve("metrics.jsonl"), line + "\n");
        assertThatThrownBy(() -> new TrainerMetrics(file, "fake", 12).read())
                .hasMessageContaining("train: trainer fake broke the contract: ")
                .hasMessageContaining(message)
                .hasMessageNotContaining("private");
    }

    @Test
    void aLineOfMetricsWithoutAnEndIsRefused() throws IOException {
        Path file = Files.writeString(temp.resolve("metrics.jsonl"), "x".repeat(70_000));
        assertThatThrownBy(() -> new TrainerMetrics(file, "fake", 12).read())
                .hasMessageContaining("metrics.jsonl:1 is longer than 64 KB");
        Path link = Files.createSymbolicLink(temp.resolve("link.jsonl"), file);
        assertThatThrownBy(() -> new TrainerMetrics(link, "fake", 12).read())
                .hasMessageContaining("is not a plain file");
    }

    @Test
    void anAdapterOfAnotherModelIsRefused() throws IOException {
        Path other = Files.createDirectories(temp.resolve("other"));
        RandomInitModel.write(
                other, new ModelConfig(64, 4, 4, 2, 16, 64, 320, 64, 1e-5, 10_000, null, false), ElementType.F32, 3);
        Files.writeString(other.resolve("tokenizer.json"), "{}");
        assertThatThrownBy(() -> take(adapter(), other))
                .hasMessageContaining("train: trainer fake broke the contract: ")
                .hasMessageContaining("has shape (64, 64)")
                .hasMessageContaining("it belongs to another base model");
    }

    @Test
    void anAdapterWithNanIsRefused() throws IOException {
        Path output = adapter();
        Path weights = output.resolve("adapter/adapter_model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, Float.NaN);
        Files.write(weights, bytes);
        assertThatThrownBy(() -> take(output, TinyPipeline.baseModel()))
                .hasMessageContaining("holds NaN; the training diverged");
    }

    @Test
    void aModelInsteadOfAnAdapterIsRefused() throws IOException {
        Path output = temp.resolve("output");
        Files.createDirectories(output.resolve("model"));
        assertThatThrownBy(() -> take(output, TinyPipeline.baseModel()))
                .hasMessageContaining("it wrote output/model, but the method makes output/adapter");
    }

    /** A full disk may leave an empty file of the exit status. */
    @Test
    void anExitThatWasNotWrittenDownIsNone() {
        assertThat(TrainerLauncher.Exit.parse("")).isEmpty();
        assertThat(TrainerLauncher.Exit.parse("137 exited\n")).contains(new TrainerLauncher.Exit(137, "exited"));
    }

    private void take(Path output, Path base) throws IOException {
        Path export = Files.createDirectories(temp.resolve("export"));
        new TrainerOutput("fake", output, base).takeInto(export, true, "model");
    }

    private Path adapter() throws IOException {
        Path output = temp.resolve("output");
        Path folder = Files.createDirectories(output.resolve("adapter"));
        for (String file : new String[] {"adapter_config.json", "adapter_model.safetensors"}) {
            Files.copy(TinyPipeline.baseModel().resolveSibling("lora").resolve(file), folder.resolve(file));
        }
        return output;
    }

    private OutsideTrainers trainers(String yaml) throws IOException {
        return new OutsideTrainers(Files.writeString(temp.resolve("trainers.yaml"), yaml), temp.resolve("runs"));
    }

    private OutsideTrainer declared(String yaml) throws IOException {
        return trainers(yaml).declared(new CommandTrainerSpec("fake", Map.of()));
    }

    private TrainerProcess process(String yaml) throws IOException {
        Path run = Files.createDirectories(temp.resolve("runs/run-1-train"));
        return new TrainerProcess(new TrainerFolder(run), declared(yaml), TrainerHost.here(Map.of()), 0);
    }

    private static TrainSpec by(Map<String, Object> options) {
        return TinyPipeline.by(new CommandTrainerSpec("fake", options));
    }
}
