package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.method.Dora;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.method.Partial;
import dev.septet.llm.method.Qlora;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TrainingProblem;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that stops and goes on ends in the bytes of the undisturbed one. */
class ResumeTest {
    private static final Lora DROPPING = new Lora(4, 8, 0.1, List.of("q_proj", "v_proj", "up_proj"));
    private static final Lora PLUS = new Lora(4, 8, 0, List.of("q_proj", "down_proj"), true, 4);
    private static final Dora DORA = new Dora(DROPPING);
    private static final Qlora QLORA = new Qlora(DROPPING);
    private static final int STEPS = 12;

    @TempDir
    Path temporary;

    static List<Arguments> runs() {
        List<Arguments> runs = new ArrayList<>();
        for (ComputePrecision precision : ComputePrecision.values()) {
            for (Method method :
                    List.of(DROPPING, Plans.LORA, PLUS, DORA, new Dora(PLUS), QLORA, new Partial(1), new Full())) {
                runs.add(Arguments.of(method, precision));
            }
        }
        return runs;
    }

    @ParameterizedTest
    @MethodSource("runs")
    void resumedEqualsUndisturbed(Method method, ComputePrecision precision) throws IOException {
        TrainingPlan plan = plan(method, precision);
        List<StepMetrics> whole = run(plan, Optional.empty(), STEPS, "whole");

        List<StepMetrics> parts = run(plan, Optional.empty(), 5, "first");
        parts.addAll(run(plan, Optional.of(saved("first")), STEPS - 5, "rest"));

        assertThat(parts).isEqualTo(whole); // records of doubles: equal in every bit
        assertThat(files(saved("rest"))).isEqualTo(files(saved("whole")));
        assertThat(files(exported("rest"))).isEqualTo(files(exported("whole")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"autograd", "lora", "weights"})
    void resumedInAnotherProcessEqualsUndisturbed(String program) throws Exception {
        TrainingPlan plan = plan(trainedBy(program), ComputePrecision.BF16);
        run(plan, Optional.empty(), STEPS, "whole");
        run(plan, Optional.empty(), 5, "first");

        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        java,
                        "-cp",
                        System.getProperty("java.class.path"),
                        ResumeTest.class.getName(),
                        temporary.toString(),
                        program)
                .redirectErrorStream(true)
                .redirectOutput(new File(temporary.toFile(), "process.log"))
                .start();
        assertThat(process.waitFor())
                .as(() -> read(temporary.resolve("process.log")))
                .isZero();

        assertThat(files(saved("rest"))).isEqualTo(files(saved("whole")));
        assertThat(files(exported("rest"))).isEqualTo(files(exported("whole")));
    }

    /** The other process: goes on from the fifth step. */
    public static void main(String[] arguments) throws IOException {
        ResumeTest other = new ResumeTest();
        other.temporary = Path.of(arguments[0]);
        TrainingPlan plan = plan(trainedBy(arguments[1]), ComputePrecision.BF16);
        other.run(plan, Optional.of(other.saved("first")), STEPS - 5, "rest");
    }

    private static Method trainedBy(String program) {
        return switch (program) {
            case "lora" -> Plans.LORA;
            case "weights" -> new Full();
            default -> DROPPING;
        };
    }

    @Test
    void refusesACheckpointOfAnotherProgram() throws IOException {
        TrainingPlan plan = plan(Plans.LORA, ComputePrecision.FLOAT32);
        run(plan, Optional.empty(), 1, "first");
        Path state = saved("first").resolve("state.json");
        String text = Files.readString(state);
        assertThat(text).contains("\"program\" : \"lora\"");
        Files.writeString(state, text.replace("\"lora\"", "\"autograd\""));
        assertThatThrownBy(() -> open(plan, Optional.of(saved("first"))))
                .isInstanceOf(TrainingProblem.class)
                .hasMessageContaining("was made by the program `autograd`, but this engine has `lora`");
    }

    @Test
    void rollsBackToAnEarlierStep() throws IOException {
        TrainingPlan plan = plan(DROPPING, ComputePrecision.FLOAT32);
        List<StepMetrics> whole = run(plan, Optional.empty(), STEPS, "whole");
        run(plan, Optional.empty(), 5, "first");
        try (Trainer trainer = open(plan, Optional.empty())) {
            for (int i = 0; i < 9; i++) {
                trainer.step();
            }
            trainer.rollBackTo(saved("first"));
            assertThat(trainer.nextStep()).isEqualTo(5);
            assertThat(trainer.step()).isEqualTo(whole.get(5));
        }
    }

    @Test
    void refusesACheckpointOfAnotherPlan() throws IOException {
        run(plan(DROPPING, ComputePrecision.FLOAT32), Optional.empty(), 1, "first");
        Lora other = new Lora(4, 16, 0.1, DROPPING.targets());
        assertThatThrownBy(() -> open(plan(other, ComputePrecision.FLOAT32), Optional.of(saved("first"))))
                .isInstanceOf(TrainingProblem.class)
                .hasMessageContaining("belongs to another training plan");
        assertThatThrownBy(() -> open(plan(new Full(), ComputePrecision.BF16), Optional.of(saved("first"))))
                .isInstanceOf(FormatProblem.class)
                .hasMessageContaining("holds other tensors than this plan trains");
    }

    /** A file that says bf16 may be trained by workers with its instructions and without. */
    @Test
    void goesOnInThePrecisionOfTheMachine() throws IOException {
        run(plan(DROPPING, ComputePrecision.FLOAT32), Optional.empty(), 1, "first");
        try (Trainer trainer = open(plan(DROPPING, ComputePrecision.BF16), Optional.of(saved("first")))) {
            assertThat(trainer.step().step()).isEqualTo(1);
        }
    }

    @Test
    void refusesADamagedCheckpoint() throws IOException {
        TrainingPlan plan = plan(DROPPING, ComputePrecision.FLOAT32);
        run(plan, Optional.empty(), 1, "first");
        Path moments = saved("first").resolve("optimizer.safetensors");
        byte[] whole = Files.readAllBytes(moments);
        Files.write(moments, Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> open(plan, Optional.of(saved("first"))))
                .isInstanceOf(FormatProblem.class)
                .hasMessageContaining("optimizer.safetensors");
        Files.write(moments, whole);
        Files.writeString(saved("first").resolve("state.json"), "{\"format\": 1, \"nextSt");
        assertThatThrownBy(() -> open(plan, Optional.of(saved("first"))))
                .isInstanceOf(FormatProblem.class)
                .hasMessageContaining("state.json: cannot be read");
    }

    @Test
    void refusesACheckpointMadeOnOtherData() throws IOException {
        TrainingPlan plan = plan(DROPPING, ComputePrecision.FLOAT32);
        run(plan, Optional.empty(), 1, "first");
        TokenDataset other = Plans.counting(temporary, 21, 11);
        assertThatThrownBy(
                        () -> Trainer.open(plan, GoldenModel.open("tied").folder(), other, Optional.of(saved("first"))))
                .isInstanceOf(TrainingProblem.class)
                .hasMessageContaining("was made on other training data");
    }

    private List<StepMetrics> run(TrainingPlan plan, Optional<Path> checkpoint, int steps, String name)
            throws IOException {
        List<StepMetrics> metrics = new ArrayList<>();
        try (Trainer trainer = open(plan, checkpoint)) {
            for (int i = 0; i < steps; i++) {
                metrics.add(trainer.step());
            }
            trainer.save(Files.createDirectories(saved(name)));
            trainer.exportTo(Files.createDirectories(exported(name)), "base");
        }
        return metrics;
    }

    private Trainer open(TrainingPlan plan, Optional<Path> checkpoint) throws IOException {
        TokenDataset data = Plans.counting(temporary, 20, 11);
        return Trainer.open(plan, GoldenModel.open("tied").folder(), data, checkpoint);
    }

    /** Two micro-batches of three rows a step; an epoch's fourth step has two rows only. */
    private static TrainingPlan plan(Method method, ComputePrecision precision) {
        return Plans.of(method)
                .with(precision)
                .with(AdamW.DEFAULT, new LearningRate(LearningRate.Shape.COSINE, 1e-2, 3))
                .batches(3, 2)
                .steps(STEPS)
                .plan();
    }

    private Path saved(String name) {
        return temporary.resolve("saved-" + name);
    }

    private Path exported(String name) {
        return temporary.resolve("exported-" + name);
    }

    private static Map<String, String> files(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> list = Files.list(folder)) {
            for (Path file : list.toList()) {
                byte[] bytes = Files.readAllBytes(file);
                files.put(file.getFileName().toString(), Digests.sha256(bytes));
            }
        }
        return files;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
