package dev.septet.dsl.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.septet.dsl.Golden;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.RandomSpecs;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.SpecYaml;
import dev.septet.dsl.vocabulary.FileDsl;
import dev.septet.dsl.vocabulary.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Generated files are what the vocabulary says now; {@code -Dgolden.update=true} makes them so. */
class ReferenceTest {
    private static final Path SOURCES = Path.of("src/main/java/dev/septet/dsl");
    private static final Path PAGES = Path.of("../examples/words");
    private static final Path RESOURCES = Path.of("src/main/resources/META-INF/septet");
    private static final Docs DOCS = new Docs(List.of(SOURCES.resolve("vocabulary"), SOURCES.resolve("pipeline")));
    private static final String MINIMAL = """
        pipeline('hello') {
            prepare    { dataset 'data/hello.jsonl' }
            initialize { model 'models/tiny' }
            train      { method lora() }
            deploy     { target http { port 8080 } }
            monitor    { every 6.hours; drift psi, on: promptLength }
        }
        """;

    private static PipelineSpec minimal() {
        return PipelineCompiler.compile(PipelineSource.of("m.groovy", MINIMAL), Map.of())
                .spec()
                .orElseThrow();
    }

    /** What a stage's block is when the minimal pipeline leaves it out, or says no more of it. */
    private static String standard(String block) {
        PipelineSpec spec = minimal();
        Object stage = switch (block) {
            case "prepare" -> spec.prepare();
            case "initialize" -> spec.initialize();
            case "setup" -> spec.setup();
            case "train" -> spec.train();
            case "evaluate" -> spec.evaluate();
            case "deploy" -> Objects.requireNonNull(spec.deploy());
            case "monitor" -> Objects.requireNonNull(spec.monitor());
            default -> "";
        };
        return stage.equals("") ? "" : SpecYaml.write(stage);
    }

    @Test
    void everyBlockHasAPage() throws IOException {
        var pages = new WordPages(DOCS);
        var index = new StringBuilder("""
            # The words of the language

            The build generates these pages from the vocabulary: one page for each block, one entry for each
            word. A test compiles every example.

            """);
        for (String block : pages.names()) {
            Golden.check(PAGES.resolve(block + ".md"), pages.page(block, standard(block)));
            String words = Objects.requireNonNull(
                            Words.of(FileDsl.class).blocks().get(block))
                    .statements()
                    .stream()
                    .map(word -> "`" + word.name() + "`")
                    .collect(Collectors.joining(", "));
            index.append("* [%s](%s.md): %s\n".formatted(block, block, words));
        }
        index.append("* [units](units.md), [expressions over a row](expressions.md)\n");
        Golden.check(PAGES.resolve("units.md"), pages.units());
        Golden.check(PAGES.resolve("expressions.md"), ExpressionPage.page());
        Golden.check(PAGES.resolve("README.md"), index.toString());
        try (Stream<Path> files = Files.list(PAGES)) {
            long blocks = Words.of(FileDsl.class).blocks().size();
            assertThat(files.count()).as("no page of a word that is gone").isEqualTo(blocks + 3);
        }
    }

    /** The examples of the page of expressions are lines that compile. */
    @Test
    void expressionsCompileAsTheirPageShowsThem() throws IOException {
        String page = Files.readString(PAGES.resolve("expressions.md"));
        String lines = page.substring(page.indexOf("```groovy\n") + 10, page.indexOf("\n```\n"));
        for (String line : lines.split("\n")) {
            String stage = line.startsWith("score") ? "evaluate { %s }\n" : "";
            String pipeline = MINIMAL.replace(
                            "data/hello.jsonl'", "data/hello.jsonl'; " + (stage.isEmpty() ? line : ""))
                    .replace("    deploy ", stage.formatted(line) + "    deploy ");
            var compiled = PipelineCompiler.compile(PipelineSource.of("page.groovy", pipeline), Map.of());
            assertThat(compiled.printed()).as(line).isEmpty();
            assertThat(compiled.spec()).isNotEqualTo(java.util.Optional.of(minimal()));
        }
    }

    @Test
    void editorsCompleteEveryWord() throws IOException {
        String gdsl = new Gdsl(DOCS).write();
        Golden.check(RESOURCES.resolve("pipeline.gdsl"), gdsl);
        // A description that is no Groovy would be ignored in silence.
        var unit = org.codehaus.groovy.control.SourceUnit.create("pipeline.gdsl", gdsl);
        unit.parse();
        unit.completePhase();
        unit.nextPhase();
        unit.convert();
        assertThat(unit.getErrorCollector().hasErrors()).isFalse();
    }

    @Test
    void specsFitTheirSchema() throws IOException {
        Path file = RESOURCES.resolve("pipeline.schema.json");
        Golden.check(file, new SpecSchema(DOCS).write());
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(file));
        var specs = new RandomSpecs(11);
        for (int i = 0; i < 200; i++) {
            JsonNode json = SpecJson.mapper().valueToTree(specs.pipeline());
            assertThat(schema.validate(json)).as(json.toString()).isEmpty();
        }
        for (String broken : List.of("name", "train", "prepare")) {
            var json = (ObjectNode) SpecJson.mapper().<JsonNode>valueToTree(minimal());
            json.remove(broken);
            assertThat(schema.validate(json)).as(broken).isNotEmpty();
        }
        var json = (ObjectNode) SpecJson.mapper().<JsonNode>valueToTree(minimal());
        ((ObjectNode) json.get("train")).put("epocs", 3);
        assertThat(schema.validate(json)).isNotEmpty();
    }
}
