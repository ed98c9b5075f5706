package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** One run publishes to every kind of target; each holds what its users expect. */
@Tag("long")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TargetsIT {
    private static final List<String> FOLDERS = List.of("out", "ollama", "vllm", "llamacpp", "hub", "image");

    @TempDir
    static Path root;

    private static Bucket bucket;
    private static Workspace workspace;
    private static JsonNode run;

    @BeforeAll
    static void publishEverywhere() throws Exception {
        bucket = Bucket.start(root.resolve("objects"));
        workspace = Workspace.in(
                root, "everywhere", 200, Pipelines.small(30).replace("target directory('out')", """
                    target directory('out')
                    target vllm('vllm')
                    target llamacpp('llamacpp')
                    target huggingface('hub')
                    target oci('image')
                    target s3('s3://models/published', endpoint: '%s')
                    """.formatted(
                                bucket.endpoint())));
        run = json("run", "--port", "0", workspace.file().toString(), "--json");
    }

    @AfterAll
    static void stop() {
        bucket.close();
    }

    @Test
    @Order(1)
    void oneRunPublishesToAllOfThem() throws Exception {
        List<String> types = new ArrayList<>();
        JsonNode deployment = run.path("report").path("deployment");
        deployment.path("published").forEach(one -> types.add(one.path("type").asText()));
        assertThat(types)
                .containsExactlyInAnyOrder("directory", "vllm", "llamacpp", "huggingface", "oci", "s3", "ollama");
        String version = version();
        for (String folder : FOLDERS) {
            assertThat(workspace.folder().resolve(folder).resolve("current").toRealPath())
                    .hasFileName(version);
        }
        assertThat(bucket.folder("published").text("current.json"))
                .hasValueSatisfying(alias -> assertThat(alias).contains(version));
        assertThat(bucket.folder("published").holds("versions/" + version + "/"))
                .isTrue();
        assertThat(deployment.path("chain").path("checks").size()).isGreaterThan(15);
        assertThat(workspace.folder().resolve("out/current/chain.json")).isRegularFile();
    }

    /** Real transformers loads the repository's root, real peft the adapter in it. */
    @Test
    @Order(2)
    void transformersAndPeftLoadTheRepository() throws Exception {
        Path hub = workspace.folder().resolve("hub/current").toRealPath();
        Path base = workspace.folder().resolve("base-model");
        List<int[]> rows = new ArrayList<>();
        List<float[]> ours = new ArrayList<>();
        try (OurModel model = new OurModel(hub)) {
            for (String prompt : List.of("My order is late", "The printer smokes", "Hello")) {
                int[] tokens = model.tokens(model.rendered(prompt));
                rows.add(tokens);
                float[][] logits = model.logits(tokens);
                ours.add(logits[logits.length - 1]);
            }
        }
        List<double[]> merged = Peft.repositoryLogits(hub, null, rows);
        List<double[]> adapted = Peft.repositoryLogits(hub, base, rows);
        for (int row = 0; row < rows.size(); row++) {
            double scale = 1;
            for (float logit : ours.get(row)) {
                scale = Math.max(scale, Math.abs(logit));
            }
            for (int token = 0; token < ours.get(row).length; token++) {
                double our = ours.get(row)[token];
                assertThat(merged.get(row)[token]).isCloseTo(our, within(2e-4 * scale));
                assertThat(adapted.get(row)[token]).isCloseTo(our, within(2e-4 * scale));
            }
        }
    }

    @Test
    @Order(3)
    void llamaCppServesItsFolder() throws Exception {
        Path folder = workspace.folder().resolve("llamacpp/current");
        assertThat(folder.resolve("llama-server.args")).content().contains("--model model.gguf");
        try (LlamaCppModel theirs = new LlamaCppModel(folder.resolve("model.gguf"))) {
            assertThat(theirs.answer("<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n", 8))
                    .isNotNull();
        }
    }

    /** A second version, and back: every place moves, the bucket's too. */
    @Test
    @Order(4)
    void rollsAllOfThemBackByOneCommand() throws Exception {
        String first = version();
        Path changed = workspace.folder().resolve("changed.groovy");
        Files.writeString(changed, workspace.text().replace("quantize int8", ""));
        Shell.Said second = septet("run", "--port", "0", changed.toString());
        assertThat(second.status()).as(second.all()).isZero();
        assertThat(second.out()).contains("chain", "merged", "proved", "at most 1.00e-05");
        String now = current("out");
        assertThat(now).isNotEqualTo(first);

        Shell.Said back = septet("rollback", "everywhere");
        assertThat(back.status()).as(back.all()).isZero();
        for (String folder : FOLDERS) {
            assertThat(current(folder)).as(folder).isEqualTo(first);
        }
        assertThat(bucket.folder("published").text("current.json"))
                .hasValueSatisfying(alias -> assertThat(alias).contains(first));
        Shell.Said again = septet("rollback", "everywhere", "--to", now);
        assertThat(again.status()).as(again.all()).isZero();
        assertThat(current("image")).isEqualTo(now);
    }

    @Test
    @Order(5)
    void refusesAFolderThatIsSomebodyElses() throws Exception {
        Path mine = Files.createDirectories(workspace.folder().resolve("mine"));
        Files.writeString(mine.resolve("thesis.txt"), "do not touch");
        Path file = workspace.folder().resolve("foreign.groovy");
        Files.writeString(file, workspace.text().replace("target oci('image')", "target oci('mine')"));
        Shell.Said said = septet("run", "--port", "0", file.toString());
        assertThat(said.status()).as(said.all()).isEqualTo(1);
        assertThat(said.out())
                .contains("mine holds thesis.txt, which no publication created")
                .contains("name a separate folder, or move it away");
        assertThat(said.all()).doesNotContain("Exception");
        assertThat(mine.resolve("versions")).doesNotExist();
    }

    private static String version() {
        return run.path("report")
                .path("deployment")
                .path("artifact")
                .path("sha256")
                .asText()
                .substring(0, 12);
    }

    private static String current(String folder) throws Exception {
        return String.valueOf(workspace
                .folder()
                .resolve(folder)
                .resolve("current")
                .toRealPath()
                .getFileName());
    }

    private static JsonNode json(String... arguments) throws Exception {
        Shell.Said said = septet(arguments);
        assertThat(said.status()).as(said.all()).isZero();
        return SpecJson.mapper().readTree(said.out());
    }

    private static Shell.Said septet(String... arguments) throws Exception {
        Map<String, String> environment = new HashMap<>(bucket.environment());
        environment.putAll(DevStack.environment(root.resolve("state")));
        return Shell.septet(root, environment, 420, arguments);
    }
}
