package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.format.Safetensors;
import dev.septet.llm.format.SafetensorsWriter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.format.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One run chooses its base model and its settings, is compared with retrieval, groups its failures and examines its
 * quantized forms. Then the commands read that run, and a second run shows what the first one failed as slices.
 */
@Tag("nightly")
class ExamToolsIT {
    private static final String NAME = "examtools";
    private static final String CLUSTERS = "data/error-clusters.json";
    private static final String PIPELINE = """
        pipeline('NAME') {
            prepare {
                dataset 'data/tickets.jsonl', format: chat
                split train: 75.percent, validation: 5.percent, test: 20.percent
                maxTokens 256
            }
            initialize {
                candidates 'small', 'base-model', 'unlicensed'
                require licence: ['apache-2.0']
            }
            setup {
                seed 42
                search {
                    learningRate 1e-5, 4e-3
                    rank 4, 16
                    steps 8
                    halving reduction: 2, rungs: 2
                    choose score(rougeL: 1.0, loss: -0.1)
                }
            }
            train {
                method lora { rank 8; alpha 16 }
                steps 60
                batch size: 16
                learningRate cosine(peak: 2e-3, warmup: 5.steps)
            }
            evaluate {
                metric exactMatch
                metric rougeL
                metric loss
                compare retrieval(rows: 3)
                errorClusters max: 4
                maxNewTokens 48
                samples 2
            }
            deploy {
                quantize q8_0
                quantize q4_0
                exam maxDrop: 20.percent, on: 'loss'
                exam maxDrop: 0.001.percent, on: 'loss', form: q4_0
                target directory('out')
                target ollama('NAME', directory: 'ollama')
            }
        }
        """;

    @TempDir
    private Path root;

    @Test
    void aRunAndTheCommandsThatReadItUseEveryPartOfTheExam() throws Exception {
        Workspace workspace = Workspace.in(root, NAME, 320, PIPELINE);
        otherBaseModels(workspace.folder());
        try (DevStack stack = DevStack.start(root.resolve("state"), workspace.folder())) {
            JsonNode first = json(stack, "run", workspace.file());
            String run = first.at("/report/run/runId").asText();
            chosen(stack);
            measured(first.at("/report/evaluation/scores"));
            served(workspace.folder());
            remembered(stack, first);
            recommended(stack);
            reported(stack);

            JsonNode request = json(
                    stack, "data", "request", run, "--save", workspace.folder().resolve(CLUSTERS));
            assertThat(request.at("/clusters/0/examples/0").asText()).startsWith("data/tickets.jsonl:");
            assertThat(request.at("/add/1/line").asText()).contains("from: '" + CLUSTERS + "'");
            secondRun(stack, workspace, run, request);
        }
    }

    /**
     * {@code small} is the base model without its first three layers, which expects other answers. {@code unlicensed} is
     * the base model under a licence that the pipeline does not accept.
     */
    private static void otherBaseModels(Path folder) throws IOException {
        Path base = folder.resolve("base-model");
        Path small = folder.resolve("small");
        Workspace.copy(base, small);
        SafetensorsWriter.write(
                small.resolve("model.safetensors"),
                Map.of(),
                Safetensors.open(base.resolve("model.safetensors")).tensors().stream()
                        .filter(tensor -> !tensor.name().matches("model\\.layers\\.[012]\\..*"))
                        .map(ExamToolsIT::threeLayersLower)
                        .toList());
        Path config = small.resolve("config.json");
        ObjectNode settings = (ObjectNode) SpecJson.mapper().readTree(Files.readString(config));
        Files.writeString(config, settings.put("num_hidden_layers", 3).toString());

        Path unlicensed = folder.resolve("unlicensed");
        Workspace.copy(base, unlicensed);
        Path card = unlicensed.resolve("README.md");
        Files.writeString(card, Files.readString(card).replace("license: apache-2.0", "license: other"));
    }

    private static TensorSource threeLayersLower(StoredTensor tensor) {
        String name = tensor.name();
        for (int layer = 3; layer < 6; layer++) {
            name = name.replace(
                    String.format(Locale.ROOT, "model.layers.%d.", layer),
                    String.format(Locale.ROOT, "model.layers.%d.", layer - 3));
        }
        return TensorSource.bytes(name, tensor.type(), tensor.shape(), tensor.bytes());
    }

    private void chosen(DevStack stack) throws Exception {
        JsonNode status = json(stack, "status", NAME);
        assertThat(detail(status, "initialize"))
                .contains("base-model chosen of 3 candidates by bits per byte (small ", "unlicensed left out: ");
        assertThat(detail(status, "setup"))
                .contains(
                        "learning rate 0.004,",
                        "best of 4 trials by score(loss: -0.1, rougeL: 1.0) on the validation split")
                .as("four trials to step 4, and two of them to step 8")
                .endsWith(", 24 steps");
    }

    private static void measured(JsonNode scores) {
        assertThat(scores.findValuesAsText("metric"))
                .contains(
                        "exactMatch",
                        "rougeL",
                        "exactMatch vs retrieval by words",
                        "rougeL vs retrieval by words",
                        "loss");
        assertThat(scores.findValuesAsText("verdict")).containsOnly("GO");
    }

    /** The 4-bit form is smaller and fails its exam, so the 8-bit form is served. */
    private static void served(Path folder) throws IOException {
        JsonNode forms = SpecJson.mapper()
                .readTree(Files.readString(folder.resolve("out/current/forms.json")))
                .path("forms");
        assertThat(forms.findValuesAsText("form")).containsExactly("model", "f16", "q8_0", "q4_0");
        try (var files = Files.list(folder.resolve("out/current"))) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".gguf")))
                    .containsExactlyInAnyOrder("model-f16.gguf", "model-q8_0.gguf");
        }
        assertThat(Files.mismatch(
                        folder.resolve("ollama/current/model.gguf"), folder.resolve("out/current/model-q8_0.gguf")))
                .as("the served form")
                .isEqualTo(-1);
    }

    /** The official CLI shows what the run found, as the server keeps it without a worker. */
    private static void remembered(DevStack stack, JsonNode first) throws Exception {
        Shell.Said said = TemporalCli.run(stack, "workflow", "describe", "-w", NAME, "-o", "json");
        assertThat(said.status()).as(said.all()).isZero();
        JsonNode memo = SpecJson.mapper().readTree(said.out()).at("/workflowExecutionInfo/memo/fields");
        assertThat(memo.path("verdict").asText()).isEqualTo("GO");
        assertThat(memo.path("scores").asText())
                .contains("exactMatch ", "exactMatch vs retrieval by words")
                .hasSizeLessThanOrEqualTo(300);
        assertThat(memo.path("version").asText())
                .isEqualTo(first.at("/report/deployment/artifact/sha256").asText());
        assertThat(memo.path("published").asText()).contains("directory ", "ollama ");
        assertThat(memo.path("report").asText()).endsWith("/report.html");
        assertThat(memo.has("failure")).isFalse();
    }

    private void recommended(DevStack stack) throws Exception {
        Shell.Said said = septet(stack, "recommend", NAME, "--price", "1.20");
        assertThat(said.out())
                .contains("base, retrieval by words", "tuned, retrieval by words", "Do       fine-tune")
                .containsPattern("\\d training rows");
    }

    private void reported(DevStack stack) throws Exception {
        List<String> lines = septet(stack, "report", NAME).out().lines().toList();
        assertThat(lines)
                .contains("Form     q8_0 GO")
                .anyMatch(line -> line.matches("Form     q4_0 (NO GO|INCONCLUSIVE), not published: .*loss.*"));
        String page = Files.readString(Path.of(lines.stream()
                .filter(line -> line.startsWith("Report   "))
                .findFirst()
                .orElseThrow()
                .substring(9)));
        assertThat(page)
                .contains("bits per byte of the validation answers", "unlicensed")
                .contains("base model, retrieval by words")
                .as("sections")
                .contains(
                        "id=\"search\"",
                        "id=\"retrieval-1\"",
                        "id=\"error-clusters\"",
                        "id=\"forms\"",
                        "id=\"pareto\"");
    }

    /** The second run answers nothing again; its slices have the clusters' names. */
    private void secondRun(DevStack stack, Workspace workspace, String earlier, JsonNode request) throws Exception {
        String file = workspace.text();
        workspace.write(file.substring(0, file.indexOf("    deploy {"))
                        .replace("errorClusters max: 4", "slices by: 'errorCluster', from: '" + CLUSTERS + "'")
                + "}\n");
        JsonNode second = json(stack, "run", workspace.file());
        assertThat(second.path("stages").findValuesAsText("state"))
                .startsWith("REUSED", "REUSED", "REUSED", "REUSED", "DONE");
        JsonNode slices = json(stack, "report", NAME).at("/results/slices");
        assertThat(slices.get(0).path("slices").findValuesAsText("name"))
                .containsAll(request.path("clusters").findValuesAsText("name"))
                .isNotEmpty();

        JsonNode compared = json(stack, "compare", NAME, earlier);
        assertThat(compared.at("/measures/0/differences/0/method").asText()).isEqualTo("paired");
        assertThat(compared.at("/measures/0/differences/0/difference").asDouble())
                .isZero();
        assertThat(compared.at("/changes/0/settings").findValuesAsText("path"))
                .anyMatch(path -> path.contains("slices"));
    }

    private static String detail(JsonNode status, String stage) {
        for (JsonNode each : status.path("stages")) {
            if (each.path("stage").asText().equalsIgnoreCase(stage)) {
                return each.path("detail").asText();
            }
        }
        throw new AssertionError("no " + stage + " in " + status);
    }

    private JsonNode json(DevStack stack, Object... words) throws Exception {
        List<Object> all = new ArrayList<>(List.of(words));
        all.add("--json");
        return SpecJson.mapper().readTree(septet(stack, all.toArray()).out());
    }

    private Shell.Said septet(DevStack stack, Object... words) throws Exception {
        String[] texts = Arrays.stream(words).map(Object::toString).toArray(String[]::new);
        Shell.Said said = Shell.septet(root, DevStack.environment(stack.state()), 300, texts);
        assertThat(said.status()).as("%s%n%s", List.of(texts), said.all()).isZero();
        return said;
    }
}
