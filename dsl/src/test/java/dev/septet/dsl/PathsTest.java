package dev.septet.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.septet.dsl.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathsTest {
    @TempDir
    Path outside;

    private Path folder = Path.of("");

    @BeforeEach
    void writeFolder() throws IOException {
        folder = Files.createDirectories(outside.resolve("pipeline"));
        Files.createDirectories(folder.resolve("data"));
        Files.createDirectories(folder.resolve("models/base"));
        Files.writeString(folder.resolve("data/rows.jsonl"), "{}\n");
        Files.writeString(outside.resolve("secret.jsonl"), "{}\n");
    }

    private PipelineSource source(String dataset, String model) {
        return PipelineSource.of(
                "test.groovy",
                PipelineTexts.train("method lora()")
                        .replace("data/rows.jsonl", dataset)
                        .replace("models/base", model));
    }

    private static String problems(PipelineSource source) {
        return PipelineCompiler.compile(source, Map.of()).printed();
    }

    @Test
    void findsWhatIsThere() {
        assertThat(problems(source("data/rows.jsonl", "models/base").inside(folder)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"data/", "data/*.jsonl", "data/*", "data/rows-?.jsonl.gz", "data/r*.parquet"})
    void takesFoldersAndPatterns(String dataset) {
        assertThat(problems(source(dataset, "models/base").inside(folder))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "data, 'For all datasets of a folder, write ''data/''.'",
        "d*/rows.jsonl, 'd*/rows.jsonl' has a pattern in the name of a folder",
        "nowhere/*.jsonl, there is no folder 'nowhere'",
        "data/rows.jsonl/, 'data/rows.jsonl' is not a folder",
        "data/*.txt, 'data/*.txt' is not a dataset",
        "../*.jsonl, leads out of the pipeline's folder"
    })
    void refusesOtherFoldersAndPatterns(String dataset, String problem) {
        assertThat(problems(source(dataset, "models/base").inside(folder))).contains(problem);
    }

    @ParameterizedTest
    @CsvSource({
        "data/row.jsonl, models/base, there is no file 'data/row.jsonl'. Did you mean" + " 'data/rows.jsonl'?",
        "nowhere/x.jsonl, models/base, there is no file 'nowhere/x.jsonl'. Paths are relative",
        "data/rows.jsonl, models/bass.gguf, there is no file 'models/bass.gguf'",
        "data/rows.jsonl, models/bass, there is no folder 'models/bass'. Did you mean" + " 'models/base'?",
        "data/rows.jsonl, data/rows.jsonl, 'data/rows.jsonl' is neither a folder nor a .gguf file"
    })
    void explainsWhatIsNot(String dataset, String model, String message) {
        assertThat(problems(source(dataset, model).inside(folder))).contains(message);
    }

    @Test
    void takesGgufFilesAndNamesOnTheHub() throws IOException {
        Files.writeString(folder.resolve("models/base.gguf"), "GGUF");
        assertThat(problems(source("data/rows.jsonl", "models/base.gguf").inside(folder)))
                .isEmpty();
        assertThat(problems(source("data/rows.jsonl", "HuggingFaceTB/SmolLM2-135M-Instruct")
                        .inside(folder)))
                .isEmpty();
        assertThat(problems(source("data/rows.jsonl", "owner/name/more").inside(folder)))
                .contains("there is no folder 'owner/name/more'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "owner/name', revision: 'refs/pr/3 | ",
                "models/base', revision: '../x | must name a branch, a tag or a commit",
                "one', revision: 'main | 'one' is not one",
            })
    void checksRevisions(String model, @Nullable String message) {
        String problems = problems(source("data/rows.jsonl", model));
        if (message == null) {
            assertThat(problems).isEmpty();
        } else {
            assertThat(problems).contains(message);
        }
    }

    @Test
    void refusesAFolderAsADataset() throws IOException {
        Files.createDirectories(folder.resolve("data/all.jsonl"));
        assertThat(problems(source("data/all.jsonl", "models/base").inside(folder)))
                .contains("'data/all.jsonl' is not a file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret.jsonl",
                "data/../../secret.jsonl",
                "/etc/rows.jsonl",
                "~/rows.jsonl",
                "C:/rows.jsonl",
                "\\\\\\\\host\\\\rows.jsonl",
                "..\\\\secret.jsonl"
            })
    void keepsFilesOfOthersInside(String dataset) {
        assertThat(problems(source(dataset, "models/base"))).contains("leads out");
        assertThat(problems(source(dataset, "models/base").inside(folder))).contains("leads out");
    }

    @Test
    void letsOwnFilesLeadAnywhere() {
        var source = source("../secret.jsonl", folder.resolve("models/base").toString());
        assertThat(problems(source.anywhereFrom(folder))).isEmpty();
    }

    @Test
    void remarksOnWhatLeadsOutAndMayBeRefused() throws IOException {
        Files.createSymbolicLink(folder.resolve("models/up"), outside);
        PipelineSource source = source("../secret.jsonl", "models/up").anywhereFrom(folder);

        Compilation unknown = PipelineCompiler.compile(source, Map.of());
        assertThat(unknown.problems()).isEmpty();
        assertThat(unknown.remarks())
                .extracting(remark -> remark.id().code(), Problem::sentence)
                .containsExactly(
                        tuple(
                                "outside",
                                "'../secret.jsonl' is outside of the pipeline's folder: workers"
                                        + " read it only if it is allowed. Start `septet run`, `dev` or"
                                        + " `worker` with --data %s, or with SEPTET_DATA."
                                                .formatted(outside.toRealPath())),
                        tuple(
                                "outside",
                                "'models/up' is outside of the pipeline's folder: workers read it"
                                        + " only if it is allowed. Start `septet run`, `dev` or"
                                        + " `worker` with --data %s, or with SEPTET_DATA."
                                                .formatted(outside.toRealPath())));
        assertThat(unknown.remarks().get(0).location().line()).isPositive();

        assertThat(PipelineCompiler.compile(source.reading(List.of(outside)), Map.of())
                        .remarks())
                .isEmpty();
        assertThat(PipelineCompiler.compile(source.reading(List.of(folder.resolve("data"))), Map.of())
                        .remarks())
                .as("another folder does not help")
                .hasSize(2);
        assertThat(PipelineCompiler.compile(
                                source("data/rows.jsonl", "owner/name").anywhereFrom(folder), Map.of())
                        .remarks())
                .as("inside, and on the hub")
                .isEmpty();
    }

    /** Workers write nowhere else, whoever the file is of. */
    @ParameterizedTest
    @ValueSource(strings = {"../out", ".", "models/..", "/srv/models"})
    void writesBelowTheFolderOnly(String target) {
        assertThat(problems(deploying(target).anywhereFrom(folder)))
                .contains("'" + target + "' is not below the pipeline's folder");
    }

    @Test
    void writesInsideByAnyName() {
        assertThat(problems(deploying("models/tuned").anywhereFrom(folder))).isEmpty();
        assertThat(problems(deploying(folder.resolve("out").toString()).anywhereFrom(folder)))
                .isEmpty();
    }

    private PipelineSource deploying(String target) {
        String pipeline = PipelineTexts.train("method lora()");
        int end = pipeline.lastIndexOf('}');
        return PipelineSource.of(
                "test.groovy", pipeline.substring(0, end) + "deploy { target directory('%s') }\n}\n".formatted(target));
    }

    @Test
    void followsNoLinkOutside() throws IOException {
        Files.createSymbolicLink(folder.resolve("data/link.jsonl"), outside.resolve("secret.jsonl"));
        Files.createSymbolicLink(folder.resolve("models/up"), outside);
        assertThat(problems(source("data/link.jsonl", "models/up").inside(folder)))
                .contains("'data/link.jsonl' is a link out of the pipeline's folder")
                .contains("'models/up' is a link out of the pipeline's folder");
        assertThat(problems(source("data/link.jsonl", "models/up").anywhereFrom(folder)))
                .isEmpty();
    }

    @Test
    void readsAFileFromDisk() throws IOException {
        Path file = folder.resolve("support.groovy");
        Files.writeString(file, PipelineTexts.train("method lora()"));
        var compilation = PipelineCompiler.compile(file, Map.of());
        assertThat(compilation.printed()).isEmpty();
        assertThat(compilation.spec()).isPresent();
    }

    @Test
    void namesTheFileThatCannotBeRead() {
        Path missing = folder.resolve("missing.groovy");
        assertThat(PipelineCompiler.compile(missing, Map.of()).printed())
                .isEqualTo(missing + ": the file cannot be read: it does not exist\n");
        assertThat(PipelineCompiler.compile(folder, Map.of()).printed())
                .isEqualTo(
                        folder + ": the file cannot be read: it is not a file; a pipeline is one" + " .groovy file\n");
        assertThatThrownBy(() -> PipelineFile.read(Path.of("/dev/zero"))).hasMessageContaining("not a file");
    }

    @Test
    void readsNoMoreThanAFileMayHave() throws IOException {
        Path large = folder.resolve("large.groovy");
        Files.writeString(large, "//\n".repeat(500_000));
        assertThat(PipelineCompiler.compile(large, Map.of()).printed()).contains("the file has more than 256 KiB");
    }
}
