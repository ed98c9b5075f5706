package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.track.server.DeclaredTracker;
import dev.septet.activities.track.server.DeclaredTrackers;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.run.UnpolledQueues;
import dev.septet.workers.deployment.MissingWorkers;
import dev.septet.workers.version.WorkerVersion;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.notify.Notice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages on operating runs show is what the program takes and says. */
class OperatingPagesTest {
    private static final String RESUMING = "resuming.md";
    private static final String UPGRADING = "upgrading.md";

    @Test
    void theirPipelinesCompile() throws IOException {
        DeploySpec deploy = pipeline("approvals.md").deploy();
        assertThat(Objects.requireNonNull(deploy).approval()).isNotNull();
        assertThat(pipeline("notices.md").notifications()).hasSize(2);
        assertThat(pipeline("tracking.md").trackers()).hasSize(4);
    }

    @Test
    void theTrackersOfThePageAreDeclared(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("operator.yaml");
        Files.writeString(file, DocPage.of("tracking.md").blocks("yaml").get(0));
        DeclaredTracker tracker = new DeclaredTrackers(file, Map.of())
                .tracker("track mlflow('team')", "team", DeclaredTracker.Type.MLFLOW, "support-bot");
        assertThat(tracker.url()).hasToString("https://mlflow.example.com");
    }

    private static PipelineSpec pipeline(String page) throws IOException {
        var compiled = PipelineCompiler.compile(
                PipelineSource.of(
                        "support-bot.groovy", DocPage.of(page).blocks("groovy").get(0)),
                Map.of());

        assertThat(compiled.printed()).isEmpty();
        return compiled.spec().orElseThrow();
    }

    @Test
    void theNoticeIsWhatIsSent() throws IOException {
        JsonNode shown = SpecJson.mapper()
                .readTree(DocPage.of("notices.md").blocks("json").get(0));

        Notice notice = SpecJson.mapper().treeToValue(shown, Notice.class);

        JsonNode sent = SpecJson.mapper().valueToTree(notice);
        assertThat(sent).isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "steering.md",
                "approvals.md",
                "comparing.md",
                "starting.md",
                "operations.md",
                "traces-and-logs.md",
                UPGRADING,
                RESUMING
            })
    void theirCommandsAreTaken(String page) throws IOException {
        List<String> lines = DocPage.of(page).blocks("bash").stream()
                .flatMap(String::lines)
                .filter(line -> line.matches("(\\./)?septet .*"))
                .toList();

        assertThat(lines).hasSizeGreaterThan(2);
        for (String line : lines) {
            String[] words = words(line.replaceFirst(" #.*", ""));
            assertThatCode(() -> Septet.commandLine(Session.system()).parseArgs(words))
                    .as(line)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void theMessageAboutAMissingVersionIsWhatStatusPrints() throws IOException {
        MissingWorkers missing = new MissingWorkers("septet", new WorkerVersion("septet", "1.0.0"), true, null);

        assertThat(DocPage.of(UPGRADING).blocks("text"))
                .contains(UnpolledQueues.sentence("support-bot", missing) + "\n");
    }

    @Test
    void theRequestResumes() throws IOException {
        MatchResult json = Pattern.compile("`(\\{\"pipeline\".*?)`")
                .matcher(DocPage.of(RESUMING).text())
                .results()
                .findFirst()
                .orElseThrow();

        PipelineRequest request = SpecJson.mapper().readValue(json.group(1), PipelineRequest.class);

        assertThat(Objects.requireNonNull(request.resume()).from()).isEqualTo("train");
    }

    /** The words after {@code septet}, as a shell would part them. */
    private static String[] words(String line) {
        List<String> words = new ArrayList<>();
        Pattern.compile("'([^']*)'|(\\S+)")
                .matcher(line.strip())
                .results()
                .forEach(word -> words.add(word.group(1) == null ? word.group(2) : word.group(1)));
        return words.subList(1, words.size()).toArray(String[]::new);
    }
}
