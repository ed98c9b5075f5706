package dev.septet.workers.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workers.cli.option.FileOption;
import dev.septet.workers.cli.option.PipelineArgument;
import dev.septet.workflows.PipelineRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RunStartTest {
    private static final String CHECKED = """
        pipeline('desk') {
            prepare    { dataset 'rows.jsonl' }
            initialize { model 'base' }
            train      { method lora() }
        }
        """;

    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("rows.jsonl"), "");
        Files.createDirectories(folder.resolve("base"));
    }

    @Test
    void startsTheTextThatWasCheckedAlthoughTheFileChanged() throws IOException {
        Path path = Files.writeString(folder.resolve("desk.groovy"), CHECKED);
        PipelineArgument file = new PipelineArgument(path, Map.of());
        PipelineSpec spec = file.spec();

        Files.writeString(path, CHECKED.replace("'rows.jsonl'", "'/etc/passwd'"));

        PipelineRequest request = RunStart.request(spec, file, false);
        assertThat(request.source()).isEqualTo(CHECKED);
        assertThat(request.folder()).isEqualTo(folder.toAbsolutePath().toString());
        assertThat(file.outside(List.of())).as("checked again: the same text").isEmpty();
    }

    @Test
    void theOptionKeepsTheFileThatWasChecked() throws IOException {
        Path path = Files.writeString(folder.resolve("desk.groovy"), CHECKED);
        FileOption option = new FileOption();
        CommandLine.populateCommand(option, path.toString());
        PipelineSpec spec = option.spec();

        Files.writeString(path, CHECKED.replace("rows.jsonl", "base"));

        assertThat(option.spec()).isEqualTo(spec);
        assertThat(RunStart.request(spec, option.file(), false).source()).isEqualTo(CHECKED);
    }
}
