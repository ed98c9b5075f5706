package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.monitor.MonitorStatus;
import dev.septet.workflows.monitor.MonitorWorkflow;
import io.temporal.client.WorkflowClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A jar built by Maven against Septet's artifacts, in the folder of plugins: its seven words are
 * checked and explained, and six of them are run.
 */
@Tag("nightly")
class OwnWordsIT {
    private static final Path EXAMPLE = Workspace.CHECKOUT.resolve("examples/own-words");
    private static final List<String> WORDS =
            List.of("tsv", "bitfit", "handover", "chrf", "checksummed", "rankShift", "board");
    private static final int SECONDS = 600;

    @TempDir
    private Path root;

    private final Map<String, String> environment = new HashMap<>(Map.of("NO_COLOR", "1"));

    @Test
    void wordsOfAJarAreCheckedExplainedAndRun() throws Exception {
        Path project = root.resolve("project");
        Workspace.example(EXAMPLE, project);
        Path folder = Files.createDirectories(root.resolve("own-words"));
        Workspace.copy(EXAMPLE.resolve("data"), folder.resolve("data"));
        Workspace.copy(Workspace.CHECKOUT.resolve("examples/quickstart/base-model"), folder.resolve("base-model"));
        Path file = Files.copy(EXAMPLE.resolve("own-words.groovy"), folder.resolve("pipeline.groovy"));
        Files.copy(EXAMPLE.resolve("handover.groovy"), folder.resolve("handover.groovy"));
        Files.createFile(folder.resolve("audit.jsonl"));
        environment.put("SEPTET_STATE", root.resolve("state").toString());

        Shell.Said without = septet("lint", file);
        assertThat(without.status()).as(without.all()).isEqualTo(3);
        assertThat(without.all()).contains("`metric` takes one of loss,", "but got `chrf(...)`");

        Path plugins = Files.createDirectories(root.resolve("plugins"));
        Path notices = Files.createDirectories(root.resolve("notices"));
        Path runs = Files.createDirectories(root.resolve("runs"));
        Files.copy(build(project), plugins.resolve("own-words-1.0.jar"));
        Files.writeString(plugins.resolve("own-words.properties"), "notices=" + notices + "\nruns=" + runs + "\n");
        environment.put("SEPTET_PLUGINS", plugins.toString());
        explains(file);
        Map<String, String> workers = Map.of("SEPTET_PLUGINS", plugins.toString());
        try (DevStack stack = DevStack.start(root.resolve("state"), workers, folder)) {
            runs(stack, folder);
            drifts(stack, folder);
            await("the notices")
                    .atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(events(notices)).containsExactly("finished", "drifted"));
            assertThat(runs.resolve("team.tsv")).content().contains("FINISHED", "eval/chrf");
        }
        reruns(file, plugins);
    }

    private void explains(Path file) throws Exception {
        Shell.Said lint = septet("lint", file);
        assertThat(lint.status()).as(lint.all()).isZero();
        assertThat(lint.all()).contains("no problems");
        Path backEnd = file.resolveSibling("handover.groovy");
        assertThat(septet("lint", backEnd).all()).contains("no problems");
        assertThat(septet("plan", backEnd).all()).contains("Jars     own-words 1.0: tsv, handover");
        Path wrong = Files.writeString(
                file.resolveSibling("wrong.groovy"), Files.readString(file).replace("order: 4", "ordr: 4"));
        assertThat(septet("lint", wrong).all()).contains("`chrf` has no `ordr:`", "Did you mean `order:`?");
        Files.delete(wrong);
        String words = septet("words").out();
        String gdsl = septet("words", "--gdsl").out();
        for (String word : WORDS) {
            assertThat(words).contains("  %s in ".formatted(word)).contains("[own-words 1.0]");
            assertThat(gdsl).contains("method name: '%s'".formatted(word));
        }
        assertThat(septet("words", "chrf").out())
                .contains("order: Length of the longest n-gram. (A whole number from 1");
        assertThat(septet("plan", file).all())
                .contains(
                        "prepare     run", "Jars     own-words 1.0: tsv, bitfit, chrf, checksummed, rankShift, board");
    }

    private static void runs(DevStack stack, Path folder) throws IOException {
        PipelineReport report = stack.result(stack.begin("own-words"), Duration.ofMinutes(5));
        assertThat(Objects.requireNonNull(report.evaluation()).scores())
                .extracting(Score::metric)
                .containsExactly("chrf", "loss");
        Path published = folder.resolve("models/own-words/current");
        assertThat(published.resolve("model/config.json")).isRegularFile();
        assertThat(Files.readString(published.resolve("SHA256SUMS"))).contains("  model/model.safetensors\n");
    }

    /** Prompts three times as long as those of training. */
    private static void drifts(DevStack stack, Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int row = 0; row < 60; row++) {
            lines.add(SpecJson.mapper()
                    .writeValueAsString(
                            Map.of("prompt", "Route the ticket: " + "it is late ".repeat(40 + row), "answer", "x")));
        }
        Files.write(folder.resolve("audit.jsonl"), lines, StandardOpenOption.APPEND);
        MonitorStatus status = await("a check")
                .atMost(Duration.ofMinutes(2))
                .ignoreExceptions()
                .until(
                        () -> stack.client()
                                .newWorkflowStub(MonitorWorkflow.class, "own-words/monitor")
                                .status(),
                        seen -> seen.last() != null && seen.last().drifted());
        assertThat(Objects.requireNonNull(status.last()).findings().get(0).sentence())
                .startsWith("rankShift on promptLength is 1.0");
    }

    private static List<String> events(Path notices) throws IOException {
        List<String> events = new ArrayList<>();
        for (String line : Files.readAllLines(notices.resolve("team.jsonl"))) {
            JsonNode notice = SpecJson.mapper().readTree(line);
            events.add(notice.get("event").asText());
        }
        return events;
    }

    /** A result is used again with the same version of the jar, and computed again with another. */
    private void reruns(Path file, Path plugins) throws Exception {
        assertThat(actions(file)).startsWith("REUSE", "REUSE", "REUSE", "REUSE", "REUSE");
        Path jar = plugins.resolve("own-words-1.0.jar");
        raised(jar, plugins.resolve("own-words-1.1.jar"));
        Files.delete(jar);
        assertThat(actions(file).get(0)).isEqualTo("RUN");
        assertThat(septet("plan", file).all()).contains("`extension` in the words of prepare changed");
    }

    private List<String> actions(Path file) throws Exception {
        Shell.Said plan = septet("plan", file, "--json");
        assertThat(plan.status()).as(plan.all()).isZero();
        return SpecJson.mapper().readTree(plan.out()).get("stages").findValuesAsText("action");
    }

    /** The same jar under the next version. */
    private static void raised(Path from, Path to) throws IOException {
        try (JarFile old = new JarFile(from.toFile())) {
            Manifest manifest = old.getManifest();
            manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, "1.1");
            try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(to), manifest)) {
                for (JarEntry entry : old.stream().toList()) {
                    if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
                        out.putNextEntry(new JarEntry(entry.getName()));
                        try (InputStream in = old.getInputStream(entry)) {
                            in.transferTo(out);
                        }
                    }
                }
            }
        }
    }

    /** The project's jar, after its tests: Maven finds Septet where {@code mvn install} puts it. */
    private Path build(Path project) throws Exception {
        Path repository = repository();
        Shell.Said maven = Shell.run(
                project,
                environment,
                List.of("mvn", "-o", "-q", "-B", "-Dmaven.repo.local=" + repository, "package"),
                SECONDS);
        for (Path parent : List.of(repository, repository.resolve("dev"))) {
            try (Stream<Path> entries = Files.list(parent)) {
                for (Path link : entries.filter(Files::isSymbolicLink).toList()) {
                    Files.delete(link); // the user's repository is no part of what the test removes
                }
            }
        }
        assertThat(maven.status()).as(maven.all()).isZero();
        return project.resolve("target/own-words-1.0.jar");
    }

    /** The user's local repository, but for Septet's artifacts, which are those of this build. */
    private Path repository() throws Exception {
        Path sdk = Path.of(WorkflowClient.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path users = Path.of(sdk.toString().replaceFirst("/io/temporal/.*", ""));
        Path own = Files.createDirectories(root.resolve("repository/dev/septet"));
        link(users, root.resolve("repository"), "dev");
        link(users.resolve("dev"), root.resolve("repository/dev"), "septet");
        for (Path pom : poms()) {
            String text = Files.readString(pom).replaceAll("(?s)<parent>.*?</parent>", "");
            String artifact = found(text, "<artifactId>([^<]+)");
            String version = found(Files.readString(pom), "<version>([^<]+)");
            Path folder = Files.createDirectories(own.resolve(artifact).resolve(version));
            Files.copy(pom, folder.resolve(artifact + "-" + version + ".pom"));
            Path target = pom.resolveSibling("target");
            for (String end : List.of(".jar", "-tests.jar")) {
                Path jar = target.resolve(artifact + "-" + version + end);
                if (Files.exists(jar)) {
                    Files.copy(jar, folder.resolve(jar.getFileName()));
                }
            }
        }
        return root.resolve("repository");
    }

    private static List<Path> poms() throws IOException {
        try (Stream<Path> files = Files.walk(Workspace.CHECKOUT, 3)) {
            return files.filter(file -> file.endsWith("pom.xml"))
                    .filter(file ->
                            !file.startsWith(EXAMPLE) && !file.toString().contains("/target/"))
                    .toList();
        }
    }

    private static void link(Path from, Path to, String without) throws IOException {
        if (!Files.isDirectory(from)) {
            return;
        }
        try (Stream<Path> entries = Files.list(from)) {
            for (Path entry : entries.filter(path -> !path.endsWith(without)).toList()) {
                Files.createSymbolicLink(to.resolve(entry.getFileName()), entry);
            }
        }
    }

    private static String found(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }

    private Shell.Said septet(Object... arguments) throws Exception {
        String[] words = Stream.of(arguments).map(String::valueOf).toArray(String[]::new);
        return Shell.septet(root, environment, SECONDS, words);
    }
}
