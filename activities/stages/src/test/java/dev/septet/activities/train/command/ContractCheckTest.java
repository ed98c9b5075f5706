package dev.septet.activities.train.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.prepare.SampleRows;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.backend.OutsideTrainerSpec;
import dev.septet.llm.train.data.TokenDatasetWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
class ContractCheckTest {
    @TempDir
    Path temp;

    @Test
    void findsNothingInATrainerThatKeepsTheContract() throws IOException {
        assertThat(check("good"))
                .allSatisfy(finding ->
                        assertThat(finding.problem()).as(finding.part()).isNull());
    }

    @Test
    void namesEachPartThatATrainerBreaks() throws IOException {
        assertThat(problems("stubborn")).containsExactly("it did not end within 2 s after SIGTERM");
        assertThat(problems("pickle"))
                .hasSize(2)
                .allSatisfy(problem -> assertThat(problem).contains("training_args.bin"));
        assertThat(problems("deaf"))
                .anySatisfy(problem -> assertThat(problem).contains("no checkpoint before its end"));
        assertThat(problems("yes")).singleElement().asString().startsWith("it ended with exit status 0 instead of 78");
    }

    private List<String> problems(String mode) throws IOException {
        List<String> problems = new ArrayList<>();
        for (ContractCheck.Finding finding : check(mode)) {
            if (finding.problem() != null) {
                problems.add(finding.problem());
            }
        }
        return problems;
    }

    private List<ContractCheck.Finding> check(String mode) throws IOException {
        Path folder = Files.createDirectories(temp.resolve(mode));
        Path rows = Files.createDirectories(folder.resolve("rows"));
        for (String split : List.of("train", "validation")) {
            Files.writeString(rows.resolve(split + ".jsonl"), "{\"messages\":[]}\n".repeat(8));
            TokenDatasetWriter.write(rows.resolve(split + ".safetensors"), TinyPipeline.rows(8, 0));
        }
        Path file = folder.resolve("trainers.yaml");
        Files.writeString(file, """
            trainers:
              fake:
                command: [python3, %s]
                environment: {ADAPTER: "%s"}
                grace: 2s
                options:
                  mode: {type: text}
                  milliseconds: {type: whole, default: 150}
            """.formatted(
                        Path.of("src/test/resources/dev/septet/activities/train/command/trainer.py")
                                .toAbsolutePath(),
                        TinyPipeline.baseModel().resolveSibling("lora")));
        PipelineSpec spec = PipelineCompiler.compile(PipelineSource.of("check.groovy", """
            pipeline('check') {
                prepare { dataset 'rows.jsonl' }
                initialize { model 'base' }
                train {
                    method lora()
                    by command('fake', mode: '%s')
                }
                evaluate { metric loss }
            }
            """.formatted(mode)), Map.of())
                .spec()
                .orElseThrow();
        List<ContractCheck.Finding> findings = new ArrayList<>();
        boolean all = new ContractCheck(
                        new OutsideTrainers(file, folder),
                        spec,
                        (OutsideTrainerSpec) Objects.requireNonNull(spec.train().by()),
                        new SampleRows(8, 8, 16),
                        rows,
                        TinyPipeline.baseModel(),
                        folder,
                        Duration.ofMinutes(1))
                .run(findings::add);
        assertThat(findings).extracting(ContractCheck.Finding::part).isEqualTo(ContractCheck.parts());
        assertThat(all).isEqualTo(findings.stream().allMatch(finding -> finding.problem() == null));
        return findings;
    }
}
