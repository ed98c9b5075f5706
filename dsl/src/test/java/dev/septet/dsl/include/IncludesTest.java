package dev.septet.dsl.include;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.prepare.FilterSpec;
import dev.septet.dsl.pipeline.train.LoraSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IncludesTest {
    private static final String STAGES = """
            prepare { dataset 'rows.jsonl' }
            initialize { model 'base' }
            train { method lora() }
        """;

    @TempDir
    Path root;

    private Path folder = Path.of("unset");

    @BeforeEach
    void make() throws IOException {
        folder = Files.createDirectory(root.resolve("pipeline"));
        Files.createDirectory(folder.resolve("base"));
        Files.createDirectory(folder.resolve("snippets"));
        Files.writeString(folder.resolve("rows.jsonl"), "");
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private Compilation compile(String lines, Map<String, ?> params) {
        String text = "pipeline('p') {\n" + lines + "}\n";
        return PipelineCompiler.compile(PipelineSource.of("in/p.groovy", text).inside(folder), params);
    }

    private String printed(String lines) {
        return compile(lines, Map.of()).printed();
    }

    private PipelineSpec spec(String lines) {
        Compilation compilation = compile(lines, Map.of());
        assertThat(compilation.printed()).isEmpty();
        return compilation.spec().orElseThrow();
    }

    @Test
    void refusesStepsBesideTheEpochsOfAnIncludedFile() throws IOException {
        write("snippets/gpu.groovy", "train { method lora()\nepochs 9 }\n");
        assertThat(printed("include 'snippets/gpu.groovy'\n" + STAGES.replace("lora()", "lora()\nsteps 5")))
                .contains("in/snippets/gpu.groovy:2:1: `epochs` and `steps` both set the length of"
                        + " the training; `steps` is in line 6 of in/p.groovy. Remove one of"
                        + " them");
    }

    @Test
    void bringsStagesAndWordsThatThePipelineLeavesUnsaid() throws IOException {
        write("snippets/gpu.groovy", """
            def r = 4
            setup { precision bf16; seed 7 }
            train { method lora { rank r }; epochs 9 }
            """);
        PipelineSpec spec = spec("include 'snippets/gpu.groovy'\n" + STAGES.replace("lora()", "full()"));
        assertThat(spec.setup().seed()).isEqualTo(7);
        assertThat(spec.train().method()).isNotInstanceOf(LoraSpec.class);
        assertThat(spec.train().epochs()).isEqualTo(9);
        PipelineSpec whole = spec("include 'snippets/gpu.groovy'\n" + STAGES.replace("train { method lora() }", ""));
        assertThat(whole.train().method())
                .isInstanceOfSatisfying(
                        LoraSpec.class, l -> assertThat(l.rank()).isEqualTo(4));
    }

    @Test
    void replacesLinesOfOneWordTogether() throws IOException {
        write("f.groovy", "prepare { filter { row.a == 1 }; filter { row.b == 1 }; maxTokens 64 }");
        assertThat(spec("include 'f.groovy'\n" + STAGES).prepare().transforms()).hasSize(2);
        PipelineSpec own =
                spec("include 'f.groovy'\n" + STAGES.replace("'rows.jsonl'", "'rows.jsonl'; filter { row.c == 1 }"));
        assertThat(own.prepare().transforms())
                .singleElement()
                .isInstanceOfSatisfying(
                        FilterSpec.class, f -> assertThat(f.keep().place()).isEqualTo("p.groovy:3:46"));
        assertThat(own.prepare().maxTokens()).isEqualTo(64);
    }

    @Test
    void letsTheLaterIncludeWinAndTheNearer() throws IOException {
        write("a.groovy", "include 'c.groovy'\nsetup { seed 1 }\n");
        write("b.groovy", "setup { seed 2; precision bf16 }\n");
        write("c.groovy", "setup { seed 3; resources gpus: 1 }\ndescription 'from c'\n");
        PipelineSpec spec = spec("include 'a.groovy'\ninclude 'b.groovy'\n" + STAGES);
        assertThat(spec.setup().seed()).isEqualTo(2);
        assertThat(Objects.requireNonNull(spec.setup().resources()).gpus()).isEqualTo(1);
        assertThat(spec.description()).isEqualTo("from c");
    }

    @Test
    void namesTheIncludedFilesOwnLine() throws IOException {
        write("snippets/bad.groovy", "\nsetup {\n    sead 7\n    seed nope\n}\n");
        assertThat(printed("include 'snippets/bad.groovy'\n" + STAGES)).isEqualTo("""
            in/snippets/bad.groovy:3:5: `sead` is not known in `setup`. Did you mean `seed`?
                3 |     sead 7
                  |     ^^^^
            in/snippets/bad.groovy:4:10: `nope` is not defined
                4 |     seed nope
                  |          ^^^^
            """);
    }

    @Test
    void keepsConstantsApartAndTakesParameters() throws IOException {
        write("s.groovy", "def n = param('seed', 5)\nsetup { seed n }\n");
        assertThat(compile("include 's.groovy'\n" + STAGES, Map.of("seed", 8))
                        .spec()
                        .orElseThrow()
                        .setup()
                        .seed())
                .isEqualTo(8);
        assertThat(printed("include 's.groovy'\n" + STAGES.replace("lora()", "lora { rank n }")))
                .contains("`n` is not defined");
    }

    @Test
    void staysInsideTheFolder() throws IOException {
        Files.writeString(root.resolve("outside.groovy"), "setup { seed 7 }");
        Files.createSymbolicLink(folder.resolve("link.groovy"), root.resolve("outside.groovy"));
        assertThat(printed("include '../outside.groovy'\n" + STAGES)).contains("leads out of the pipeline's folder");
        assertThat(printed("include '/etc/passwd.groovy'\n" + STAGES)).contains("leads out");
        assertThat(printed("include 'link.groovy'\n" + STAGES)).contains("is a link out of the pipeline's folder");
        assertThat(printed("include 'snippets'\n" + STAGES)).contains("must end with .groovy");
        assertThat(printed("include 'none.groovy'\n" + STAGES))
                .startsWith("in/p.groovy:2:1: there is no file 'none.groovy' in the pipeline's folder");
        assertThat(PipelineCompiler.compile(
                                PipelineSource.of("p.groovy", "pipeline('p') {\ninclude 'a.groovy'\n}"), Map.of())
                        .printed())
                .contains("this pipeline came without a folder, so it can include nothing");
    }

    @Test
    void endsCirclesDepthAndSize() throws IOException {
        write("a.groovy", "include 'b.groovy'\n");
        write("b.groovy", "include 'a.groovy'\n");
        assertThat(printed("include 'a.groovy'\n" + STAGES))
                .startsWith("in/b.groovy:1:1: 'a.groovy' is being included already");
        for (int i = 0; i < 9; i++) {
            write("d" + i + ".groovy", "include 'd" + (i + 1) + ".groovy'\n");
        }
        assertThat(printed("include 'd0.groovy'\n" + STAGES))
                .startsWith("in/d7.groovy:1:1: includes nest deeper here than 8");
        write("e.groovy", "");
        assertThat(printed("include 'e.groovy'\n".repeat(33) + STAGES)).contains("includes more than 32 files");
        write("large.groovy", "//\n".repeat(100_000));
        assertThat(printed("include 'large.groovy'\n" + STAGES))
                .startsWith("in/large.groovy: the file has more than 256 KiB");
    }

    @Test
    void refusesWhatIsNoInclude() throws IOException {
        write("p2.groovy", "pipeline('q') { }");
        assertThat(printed("include 'p2.groovy'\n" + STAGES))
                .startsWith("in/p2.groovy:1:1: an included file holds stages, not a pipeline");
        assertThat(printed("include name\n" + STAGES)).contains("`include` takes the path of one file, written out");
        assertThat(printed("if (true) { include 'e.groovy' }\n" + STAGES)).contains("is inside `if`");
        write("bad.groovy", "setup { 'x'.execute() }");
        assertThat(printed("include 'bad.groovy'\n" + STAGES)).startsWith("in/bad.groovy:1:9: ");
    }
}
