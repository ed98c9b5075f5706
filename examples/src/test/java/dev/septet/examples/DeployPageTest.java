package dev.septet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.deploy.publication.Targets;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.HttpSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.workflows.artifact.ChainLink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the page about deployment says of the language is so. */
class DeployPageTest {
    private static final Path PAGE = Path.of("../.github/docs/deploy.md");

    @Test
    void itsPipelinePublishesToEveryTargetOfItsTable() throws IOException {
        String page = Files.readString(PAGE);
        Matcher block = Pattern.compile("```groovy\n(.*?)```", Pattern.DOTALL).matcher(page);
        assertThat(block.find()).isTrue();
        var compiled = PipelineCompiler.compile(PipelineSource.of("deploy.groovy", block.group(1)), Map.of());
        assertThat(compiled.printed()).isEmpty();
        var types = new TreeSet<String>();
        var deploy = Objects.requireNonNull(compiled.spec().orElseThrow().deploy());
        for (TargetSpec target : deploy.targets()) {
            types.add(target instanceof HttpSpec ? "http" : Targets.of(target).type());
        }
        var told = new TreeSet<String>();
        Matcher row = Pattern.compile("(?m)^\\| `([a-z0-9]+)` \\|").matcher(page);
        while (row.find()) {
            told.add(row.group(1));
        }
        assertThat(told).isEqualTo(types).hasSize(8);
    }

    @Test
    void itNamesEveryLink() throws IOException {
        String decision = Files.readString(Path.of("../.github/adr/0014-verify-every-conversion.md"));
        for (ChainLink link : ChainLink.values()) {
            assertThat(decision).contains("| " + link.word() + " |");
        }
    }
}
