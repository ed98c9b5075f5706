package dev.septet.activities.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.quota.Teams;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.catalog.CatalogActivities;
import dev.septet.workflows.catalog.ResolvedPipeline;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogTest {
    @TempDir
    Path temp;

    private Path first;
    private Path second;
    private Catalog catalog;

    @BeforeEach
    void serve() throws IOException {
        first = Files.createDirectories(temp.resolve("first"));
        second = Files.createDirectories(temp.resolve("second"));
        pipeline(first.resolve("hello.groovy"), "hello");
        pipeline(first.resolve("support/pipeline.groovy"), "support");
        pipeline(second.resolve("odd/file.groovy"), "named-otherwise");
        catalog = new Catalog(List.of(first, second));
    }

    @Test
    void findsByPlaceAndByName() throws IOException {
        assertThat(resolve("hello").folder()).isEqualTo(first.toRealPath());
        assertThat(resolve("support").folder())
                .isEqualTo(first.resolve("support").toRealPath());
        Catalog.Resolution odd = resolve("named-otherwise");
        assertThat(odd.spec().name()).isEqualTo("named-otherwise");
        assertThat(odd.folder()).isEqualTo(second.resolve("odd").toRealPath());
        assertThat(catalog.names()).containsExactly("hello", "named-otherwise", "support");
    }

    @Test
    void resolvesTheBytesThatHaveTheName() throws IOException {
        Catalog.Found found = catalog.lookUp("named-otherwise").orElseThrow();
        pipeline(second.resolve("odd/file.groovy"), "another");
        assertThat(Catalog.resolve(found, PipelineRequest.named("named-otherwise"))
                        .name())
                .isEqualTo("named-otherwise");
    }

    @Test
    void fillsInParameters() throws IOException {
        PipelineRequest request = new PipelineRequest("hello", Map.of("lora-rank", 4), null, null);
        LoraSpec method = (LoraSpec) catalog.resolve(request).spec().train().method();
        assertThat(method.rank()).isEqualTo(4);
    }

    @Test
    void listsWhatIsKnown() {
        assertInvalid(
                PipelineRequest.named("helo"),
                "there is no pipeline 'helo' here. Known: hello, named-otherwise, support");
        assertInvalid(PipelineRequest.named("../../etc/passwd"), "Known: hello");
        assertInvalid(new PipelineRequest(null, Map.of(), null, null), "names no pipeline");
        assertInvalid(new PipelineRequest("hello", Map.of("lora-rnak", 4), null, null), "lora-rank");
    }

    @Test
    void printsEveryProblemOfTheFile() throws IOException {
        Files.writeString(
                first.resolve("broken.groovy"), "pipeline('broken') {\n    trian { method lora() }\n    epohcs 3\n}\n");
        assertInvalid(PipelineRequest.named("broken"), "broken.groovy:2:5", "broken.groovy:3:5");
        assertThat(names()).contains("broken", "hello");
    }

    @Test
    void readsASourceInsideAServedFolderOnly() throws IOException {
        String source = Files.readString(first.resolve("support/pipeline.groovy"));
        String folder = first.resolve("support").toString();
        assertThat(catalog.resolve(new PipelineRequest(null, Map.of(), source, folder))
                        .spec()
                        .name())
                .isEqualTo("support");
        assertInvalid(new PipelineRequest("hello", Map.of(), source, folder), "'hello'");
        Path outside = Files.createDirectories(temp.resolve("outside"));
        assertInvalid(
                new PipelineRequest(null, Map.of(), source, outside.toString()), "not one that this worker serves");
        assertInvalid(
                new PipelineRequest(null, Map.of(), source, first + "/../outside"), "not one that this worker serves");
        Files.createSymbolicLink(first.resolve("way-out"), outside);
        assertInvalid(
                new PipelineRequest(null, Map.of(), source, first + "/way-out"), "not one that this worker serves");
        assertInvalid(
                new PipelineRequest(null, Map.of(), source.replace("data.jsonl", "../data.jsonl"), folder),
                "leads out of the pipeline's folder");
    }

    /** An author's experiments beside the file: whatever their order by name, all may run. */
    @Test
    void filesOfOnePipelinesFolderShareItsName() throws IOException {
        Path own = Files.createDirectories(first.resolve("bot"));
        Files.createDirectories(own.resolve("base"));
        Files.writeString(own.resolve("data.jsonl"), "{}\n");
        String text = """
            pipeline('bot') {
                prepare    { dataset 'data.jsonl' }
                initialize { model 'base' }
                train      { method lora() }
            }
            """;
        Catalog alone = new Catalog(List.of(own));
        for (String name : List.of("pipeline", "changed", "zoom")) {
            Files.writeString(own.resolve(name + ".groovy"), text + "// " + name + "\n");
        }
        for (String name : List.of("pipeline", "changed", "zoom")) {
            PipelineRequest asked = new PipelineRequest(null, Map.of(), text + "// " + name + "\n", own.toString());
            assertThat(alone.resolve(asked).name()).as(name).isEqualTo("bot");
            assertThat(catalog.resolve(asked).name()).as("a folder of many").isEqualTo("bot");
        }
    }

    @Test
    void givesATextOfItsOwnANameSpaceOfItsOwn() throws IOException {
        Files.createDirectories(first.resolve("base"));
        String stranger = """
            pipeline('hello') {
                prepare    { dataset 'data.jsonl' }
                initialize { model 'base' }
                train      { method lora() }
                deploy     { target directory('models/hello') }
            }
            """;
        Catalog.Resolution inline = catalog.resolve(new PipelineRequest(null, Map.of(), stranger, null));
        assertThat(inline.name()).matches("inline\\.[0-9a-f]{12}\\.hello");
        assertThat(inline.spec().name()).isEqualTo("hello");

        Files.writeString(first.resolve("copy.groovy"), stranger);
        assertInvalid(
                new PipelineRequest(null, Map.of(), stranger, null),
                "the name 'hello' belongs to ",
                "copy.groovy a different name");
        Files.writeString(first.resolve("copy.groovy"), stranger.replace("'hello'", "'copied'"));
        assertThat(catalog.resolve(new PipelineRequest(null, Map.of(), stranger.replace("'hello'", "'copied'"), null))
                        .name())
                .as("a served file's own text")
                .isEqualTo("copied");
        for (String target : List.of("http { port 8080 }", "s3('s3://models/hello')")) {
            assertThatThrownBy(() -> catalog.resolve(new PipelineRequest(
                            null, Map.of(), stranger.replace("directory('models/hello')", target), null)))
                    .hasMessageContaining("publishes into folders of its own");
        }
    }

    @Test
    void followsNoLinkOut() throws IOException {
        Path outside = temp.resolve("outside.groovy");
        pipeline(outside, "secret");
        Files.createSymbolicLink(first.resolve("secret.groovy"), outside);
        assertInvalid(PipelineRequest.named("secret"), "there is no pipeline 'secret' here");
    }

    @Test
    void pinsTheSpecInTheRun() {
        TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
        environment.registerActivitiesImplementations(new CatalogActivitiesImpl(catalog, false, Teams.NONE));
        CatalogActivities activities = environment.newActivityStub(CatalogActivities.class);

        ResolvedPipeline resolved = activities.resolve(PipelineRequest.named("hello"), "run-1");
        assertThat(resolved.run().pipeline()).isEqualTo("hello");
        assertThat(resolved.run().runId()).isEqualTo("run-1");
        assertThat(resolved.run().specDigest()).isEqualTo(SpecDigest.of(resolved.spec()));
        assertThatThrownBy(() -> activities.resolve(PipelineRequest.named("x"), "run-2"))
                .hasStackTraceContaining("type='InvalidPipeline', nonRetryable=true");
        environment.close();
    }

    private void assertInvalid(PipelineRequest request, String... parts) {
        assertThatThrownBy(() -> catalog.resolve(request)).isInstanceOfSatisfying(StageProblem.class, problem -> {
            assertThat(problem.type()).isEqualTo(FailureType.INVALID_PIPELINE);
            assertThat(problem.getMessage()).contains(parts);
        });
    }

    private Catalog.Resolution resolve(String name) throws IOException {
        return catalog.resolve(PipelineRequest.named(name));
    }

    private List<String> names() throws IOException {
        return catalog.names();
    }

    private static void pipeline(Path file, String name) throws IOException {
        Path folder = java.util.Objects.requireNonNull(file.getParent());
        Files.createDirectories(folder.resolve("model"));
        Files.writeString(folder.resolve("data.jsonl"), "{\"text\": \"hello\"}\n");
        Files.writeString(file, """
            def loraRank = param('lora-rank', 16)

            pipeline('%s') {
                prepare    { dataset 'data.jsonl' }
                initialize { model 'model' }
                train      { method lora { rank loraRank } }
            }
            """.formatted(name));
    }
}
