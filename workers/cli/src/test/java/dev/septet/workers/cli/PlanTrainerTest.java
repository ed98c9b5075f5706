package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.command.OutsideTrainers;
import dev.septet.activities.train.command.TrainerPace;
import dev.septet.dsl.Golden;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code plan} says about trainers outside Septet, and what it does not know. */
class PlanTrainerTest {
    private static final Path QUICKSTART =
            Path.of("../../examples/quickstart").toAbsolutePath().normalize();
    private static final Path GOLDEN = Path.of("src/test/resources/dev/septet/workers/cli/plan");
    private static final String ROW = "{\"prompt\":\"2+2\",\"completion\":\"4\"}\n";
    private static final String SAGEMAKER = """
        sagemaker:
          region: eu-west-1
          role: arn:aws:iam::123456789012:role/septet-trainer
          bucket: example-training
          images: [registry.example/trl:3]
          instances: [ml.g5.2xlarge, ml.g5.12xlarge]
        """;

    @TempDir
    private Path home = Path.of("");

    private Captured septet = new Captured(home);
    private Path folder = Path.of("");

    @BeforeEach
    void write() throws IOException {
        folder = Files.createDirectories(home.resolve("pipelines"));
        Files.createSymbolicLink(folder.resolve("base-model"), QUICKSTART.resolve("base-model"));
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            rows.append(ROW.replace("2+2", i + "+2"));
        }
        Files.writeString(folder.resolve("rows.jsonl"), rows);
        septet = new Captured(home);
    }

    private void declare(String sections) throws IOException {
        Path file = Files.writeString(
                home.resolve("trainers.yaml"), "trainers: {trl: {command: [python3, train.py]}}\n" + sections);
        septet.with("SEPTET_TRAINERS", file.toString());
    }

    private Path pipeline(String by) throws IOException {
        return Files.writeString(folder.resolve("desk.groovy"), """
            pipeline('desk') {
                prepare    { dataset 'rows.jsonl' }
                initialize { model 'base-model' }
                train      { method lora(); steps 240; by %s }
            }
            """.formatted(by));
    }

    private static String lines(String text) {
        return text.lines()
                .filter(line -> line.matches("(Trainer|Memory|Steps|Epochs|Limit|Time|Cost) .*"))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "command | command('trl') | -",
                "slurm | slurm(command('trl')) { nodes 2; gpus 4; time 12.hours } | -",
                "slurm-without-limit | slurm(command('trl')) | -",
                "kubernetes | kubernetes(command('trl')) { gpus 3; time 90.minutes } | -",
                "kubernetes-without-limit | kubernetes(command('trl')) { nodes 2 } | -",
                "sagemaker | sagemaker(command('trl')) { nodes 2; time 12.hours } | "
                        + "  prices: {ml.g5.2xlarge: 1.52}\\n  currency: USD",
                "sagemaker-standard | sagemaker(command('trl')) { instance 'ml.g5.12xlarge'; spot wait: 6.hours } | "
                        + "  prices: {ml.g5.12xlarge: 7.09}",
                "sagemaker-without-price | sagemaker(command('trl')) | " + "  prices: {ml.g5.12xlarge: 7.09}",
                "sagemaker-not-declared | sagemaker(command('trl')) { time 1.hours } | none"
            })
    void everyTrainerIsToldWithWhatIsNotKnown(String name, String by, String section) throws IOException {
        if (!section.equals("none")) {
            declare(
                    name.startsWith("sagemaker")
                            ? SAGEMAKER + "  " + section.replace("\\n", "\n") + "\n"
                            : name.startsWith("kubernetes")
                                    ? "kubernetes: {namespaces: [training], images: ['trl:1'], claim: runs}\n"
                                    : "");
        }
        Path file = pipeline(by);
        assertThat(septet.run("plan", "--data", QUICKSTART, file))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        Golden.check(GOLDEN.resolve(name + ".txt"), lines(septet.out()));
        assertThat(septet.run("plan", "--json", "--data", QUICKSTART, file)).isEqualTo(ExitCode.OK);
        ObjectNode plan = (ObjectNode) SpecJson.mapper().readTree(septet.out());
        plan.remove("data");
        plan.remove("stages");
        Golden.check(GOLDEN.resolve(name + ".json"), plan.toPrettyString() + "\n");
    }

    @Test
    void theTimeIsThatOfTheLastTrainingOfThisKind() throws IOException {
        declare("kubernetes: {namespaces: [training], images: ['trl:1'], claim: runs}\n");
        Path file = pipeline("kubernetes(command('trl')) { gpus 1; time 2.hours }");
        measured(file);

        Path longer = pipeline("kubernetes(command('trl')) { gpus 1; time 9.hours }");
        assertThat(septet.run("plan", "--data", QUICKSTART, longer))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains("Time     training takes about 1h20m, if a step takes as long as in run desk-7");
        septet.run("plan", "--json", "--data", QUICKSTART, longer);
        JsonNode plan = SpecJson.mapper().readTree(septet.out());
        assertThat(plan.path("trainSeconds").asDouble()).isEqualTo(4800);
        assertThat(plan.path("measuredBy").asText()).isEqualTo("desk-7");
        assertThat(plan.at("/outside/unknown").has("time")).isFalse();

        assertThat(septet.run(
                        "plan", "--data", QUICKSTART, pipeline("kubernetes(command('trl')) { gpus 2; time 2.hours }")))
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .as("other cards take another time")
                .contains("Time     not known: the last measured training, of run desk-7, had another trainer");
    }

    @Test
    void theTimeOfAnotherDeclarationIsNotTaken() throws IOException {
        declare("");
        Path file = pipeline("command('trl')");
        measured(file);
        septet.run("plan", "--data", QUICKSTART, file);
        assertThat(septet.out()).contains("if a step takes as long as in run desk-7");
        Files.writeString(
                home.resolve("trainers.yaml"), "trainers: {trl: {command: [python3, train.py], version: 2}}\n");

        septet.run("plan", "--data", QUICKSTART, file);

        assertThat(septet.out()).contains("Time     not known: the last measured training, of run desk-7, had another");
    }

    /** Its trials run on Septet's engine. */
    @Test
    void aSearchNeedsMemoryOfAWorker() throws IOException {
        declare("");
        Path file = pipeline("command('trl')");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("train      {", "setup { search { learningRate 1e-4, 3e-4; steps 5 } }\n    train {"));

        assertThat(septet.run("plan", "--data", QUICKSTART, file))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains("Memory   not known: ")
                .containsPattern("Search   its trials run on Septet's engine, and need about 0[.][0-9] GiB of memory");
    }

    private void measured(Path file) throws IOException {
        PipelineSpec spec = PipelineCompiler.compile(PipelineSource.of("desk.groovy", Files.readString(file)), Map.of())
                .spec()
                .orElseThrow();
        String fingerprint = new OutsideTrainers(home.resolve("trainers.yaml"), home.resolve("runs"))
                .of(Objects.requireNonNull(spec.train().by()))
                .fingerprint();
        TrainerPace pace = new TrainerPace(
                "desk-7",
                TrainerPace.conditions(fingerprint, spec.train(), spec.initialize(), spec.setup()),
                100,
                2000);
        new LocalStore(home.resolve("state/store"))
                .putRecord("pace/desk/train", SpecJson.mapper().writeValueAsString(pace), new Fence("desk-7/train", 1));
    }
}
