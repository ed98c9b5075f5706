package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code plan} and {@code lint} say of a training at a service. */
class PlanServiceTest {
    private static final Path QUICKSTART =
            Path.of("../../examples/quickstart").toAbsolutePath().normalize();

    @TempDir
    private Path home = Path.of("");

    @Test
    void planPrintsTokensAndCost() throws IOException {
        Captured septet = declared("models: [small], prices: {small: 300.0}");

        assertThat(septet.run("plan", "--data", QUICKSTART, pipeline()))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);

        assertThat(septet.out())
                .contains("Service  endpoint azure trains small; the service decides memory, steps and time")
                .containsPattern("Tokens   about [0-9,]+ in all epochs, by the local tokenizer")
                .containsPattern("Cost     about [0-9]+\\.[0-9]{2} USD, by the operator's price")
                .doesNotContain("Memory");
    }

    @Test
    void lintNamesAModelThatTheOperatorDoesNotAllow() throws IOException {
        Captured septet = declared("models: [large]");

        assertThat(septet.run("lint", pipeline())).isEqualTo(ExitCode.PIPELINE_INVALID);

        assertThat(septet.out() + septet.err())
                .contains("desk.groovy:4:")
                .contains("the operator's file does not allow the model 'small' at the endpoint 'azure', only large");
    }

    @Test
    void planRefusesADeploymentThatHasNoAnswersToCompare() throws IOException {
        Captured septet = declared("models: [small], logprobs: true");
        Path losses = pipeline("evaluate { metric loss, below: 2.0 }\n    deploy { target http { port 8080 } }");

        assertThat(septet.run("plan", losses)).isEqualTo(ExitCode.PIPELINE_INVALID);

        assertThat(septet.out() + septet.err())
                .contains("desk.groovy:6:")
                .contains("no metric or score reads answers")
                .contains("Add a metric that reads answers, such as `metric exactMatch`");
    }

    @Test
    void bedrockIsPlannedAndCheckedTheSameWay() throws IOException {
        Path file = Files.writeString(home.resolve("trainers.yaml"), """
            bedrock:
              region: us-east-1
              role: arn:aws:iam::123456789012:role/septet-bedrock
              bucket: example-training
              models: {'amazon.nova-micro-v1:0:128k': {price: 300.0}}
            """);
        Captured septet = new Captured(home).with("SEPTET_TRAINERS", file.toString());
        String by = "by openai(endpoint: 'azure', model: 'small')";
        Path pipeline = pipeline();
        String text = Files.readString(pipeline);
        Files.writeString(pipeline, text.replace(by, "by bedrock(model: 'amazon.nova-micro-v1:0:128k')"));

        assertThat(septet.run("plan", "--data", QUICKSTART, pipeline))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains("Service  endpoint bedrock trains amazon.nova-micro-v1:0:128k; the service decides")
                .containsPattern("Cost     about [0-9]+\\.[0-9]{2} USD, by the operator's price");

        Files.writeString(
                pipeline,
                text.replace(
                        by, "by bedrock(model: 'amazon.nova-micro-v1:0:128k') { hyperparameters learningRate: 0.1 }"));
        Captured refused = new Captured(home).with("SEPTET_TRAINERS", file.toString());
        assertThat(refused.run("lint", pipeline)).isEqualTo(ExitCode.PIPELINE_INVALID);
        assertThat(refused.out() + refused.err())
                .contains("desk.groovy:4:")
                .contains("learningRate: is not a hyperparameter that the operator's file declares for this model");
    }

    /** Otherwise the trainer would pass, and every run would fail. */
    @Test
    void checkTrainerRefusesABaseModelThatTheEngineCannotOpen() throws IOException {
        Path file = Files.writeString(
                home.resolve("trainers.yaml"), "trainers: {own: {command: ['false'], methods: [full]}}\n");
        Path pipeline = pipeline();
        Files.writeString(
                pipeline,
                Files.readString(pipeline)
                        .replace("openai(endpoint: 'azure', model: 'small')", "command('own')")
                        .replace("'base-model'", "'unknown-family'"));
        Path model = Files.createDirectories(pipeline.resolveSibling("unknown-family"));
        try (var files = Files.list(QUICKSTART.resolve("base-model"))) {
            for (Path one : files.toList()) {
                Files.copy(one, model.resolve(one.getFileName()));
            }
        }
        Path config = model.resolve("config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace("\"llama\"", "\"mamba\"")
                        .replace("LlamaForCausalLM", "MambaForCausalLM"));
        Captured septet = new Captured(home).with("SEPTET_TRAINERS", file.toString());

        int status = septet.run("check-trainer", pipeline);
        assertThat(status).as(septet.out() + septet.err()).isEqualTo(ExitCode.PIPELINE_INVALID);

        assertThat(septet.out() + septet.err()).contains("mamba").doesNotContain("ok ");
        Captured planned = new Captured(home).with("SEPTET_TRAINERS", file.toString());
        assertThat(planned.run("plan", pipeline)).isEqualTo(ExitCode.PIPELINE_INVALID);
    }

    private Captured declared(String endpoint) throws IOException {
        Path file = Files.writeString(
                home.resolve("trainers.yaml"),
                "endpoints: {azure: {url: 'https://a.example/v1', %s}}\n".formatted(endpoint));
        return new Captured(home).with("SEPTET_TRAINERS", file.toString());
    }

    private Path pipeline() throws IOException {
        return pipeline("evaluate   { metric exactMatch }");
    }

    private Path pipeline(String end) throws IOException {
        Path folder = Files.createDirectories(home.resolve("pipelines"));
        if (Files.notExists(folder.resolve("base-model"))) {
            Files.createSymbolicLink(folder.resolve("base-model"), QUICKSTART.resolve("base-model"));
        }
        Files.writeString(folder.resolve("rows.jsonl"), "{\"prompt\":\"2+2\",\"completion\":\"4\"}\n".repeat(50));
        return Files.writeString(folder.resolve("desk.groovy"), """
            pipeline('desk') {
                prepare    { dataset 'rows.jsonl' }
                initialize { model 'base-model' }
                train      { method full(); epochs 3; by openai(endpoint: 'azure', model: 'small') }
                %s
            }
            """.formatted(end));
    }
}
