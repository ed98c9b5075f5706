package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people get wrong, and what they are told: a sentence, the next step, the exit code. */
@Tag("long")
class BadInputIT {
    private static final String SEPTET = Workspace.CHECKOUT.resolve("septet").toString();
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int INVALID = 3;
    private static final int GATE = 4;
    private static final int NOT_FOUND = 5;
    private static final int UNREACHABLE = 69;

    @TempDir
    static Path root;

    private static Bell bell;
    private static DevStack stack;

    @BeforeAll
    static void start() throws IOException {
        bell = new Bell(root.resolve("commands"));
        stack = DevStack.start(
                root.resolve("state"), bell.environment(), Files.createDirectories(root.resolve("pipelines")));
    }

    @AfterAll
    static void stop() {
        stack.close();
        bell.close();
    }

    @Test
    void aFileThatIsNotThere() throws Exception {
        plain(septet("run", root.resolve("nothing.groovy")), NOT_FOUND, "nothing.groovy");
    }

    @Test
    void aFolderInsteadOfAFile() throws Exception {
        plain(septet("run", root), NOT_FOUND, root.getFileName().toString());
    }

    @Test
    void aCommandThatDoesNotExist() throws Exception {
        plain(septet("rnu", root), USAGE, "rnu", "run");
    }

    @Test
    void anUnknownWord() throws Exception {
        Workspace workspace = workspace("words", Pipelines.small(8).replace("steps 8", "stpes 8"));

        Shell.Said said = septet("run", workspace.file());

        plain(said, INVALID, "pipeline.groovy:", "`stpes`", "Did you mean `steps`?", "^");
    }

    @Test
    void severalProblemsAtOnce() throws Exception {
        Workspace workspace = workspace(
                "several",
                Pipelines.small(8)
                        .replace("rank loraRank", "rank 0")
                        .replace("format: chat", "fromat: chat")
                        .replace("80.percent", "70.percent"));

        Shell.Said said = septet("lint", workspace.file());

        plain(said, INVALID, "rank", "fromat", "100");
    }

    @Test
    void malformedRows() throws Exception {
        Workspace workspace = workspace("rows", Pipelines.small(8));
        Files.writeString(
                workspace.folder().resolve("data/tickets.jsonl"),
                "{\"messages\": [{\"role\": \"user\"\n",
                StandardOpenOption.APPEND);

        Shell.Said said = septet("run", workspace.file());

        plain(said, FAILED, "tickets.jsonl:41", "maxBadRows");
    }

    /** What a row says stays in its file: no history, log, notice or terminal learns it. */
    @Test
    void aTableWithoutAHeader() throws Exception {
        String canary = "canary4711";
        Workspace workspace = workspace(
                "header",
                Pipelines.small(8)
                        .replace("tickets.jsonl', format: chat", "tickets.csv'")
                        .replace(
                                "pipeline('NAME') {\n",
                                "pipeline('NAME') {\n    notify webhook('%s'), on: [failed]\n".formatted(bell.url())));
        Path table = workspace.folder().resolve("data/tickets.csv");
        for (String rows : new String[] {
            "%1$s,%1$s@example.com\n%1$s,2\n".formatted(canary),
            "%1$s,%1$s\n1,2\n".formatted(canary),
            "prompt,completion\n%1$s,\n%1$s\n\"%1$s".formatted(canary),
        }) {
            Files.writeString(table, rows);

            Shell.Said said = septet("run", workspace.file());

            plain(said, FAILED, "tickets.csv:");
            assertThat(said.all() + septet("status", "header").all()).doesNotContain(canary);
        }
        assertThat(bell.posted())
                .hasSize(3)
                .allSatisfy(notice -> assertThat(notice.toString()).contains("tickets.csv:"))
                .noneSatisfy(notice -> assertThat(notice.toString()).contains(canary));
        assertThat(stack.client()
                        .listExecutions("WorkflowId STARTS_WITH 'header'")
                        .map(run -> run.getExecution().getWorkflowId())
                        .distinct()
                        .map(id -> History.of(stack, id).toString()))
                .hasSizeGreaterThan(1)
                .noneMatch(history -> history.contains(canary));
        try (var files = Files.walk(stack.state())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as("%s", file)
                        .doesNotContain(canary);
            }
        }
    }

    @Test
    void aModelThatIsNotThere() throws Exception {
        Workspace workspace = workspace("model", Pipelines.small(8).replace("base-model", "bass-model"));

        plain(septet("run", workspace.file()), INVALID, "bass-model");
    }

    @Test
    void aModelThatIsPickle() throws Exception {
        Workspace workspace = workspace("pickle", Pipelines.small(8));
        Path weights = workspace.folder().resolve("base-model/model.safetensors");
        byte[] pickle = java.util.Arrays.copyOf(new byte[] {(byte) 0x80, 2, '}', 'q', 0, '.'}, 400);
        Files.write(weights, pickle);

        plain(septet("run", workspace.file()), INVALID, "model.safetensors", "pickle");
    }

    @Test
    void aGateThatSaysNo() throws Exception {
        Workspace workspace = workspace("gate", 100, gated());

        plain(septet("run", workspace.file()), GATE, "exactMatch", "0.99");

        assertThat(workspace.folder().resolve("out")).as("nothing is published").doesNotExist();
    }

    @Test
    void aGateThatNoModelCouldPass() throws Exception {
        Workspace workspace = workspace("few", gated());

        Shell.Said said = septet("run", workspace.file());

        plain(said, INVALID, "at least 8 test rows are needed", "there are 4", "`split`");
        assertThat(said.all()).as("before anything is trained").doesNotContain("train       ");
    }

    private static String gated() {
        return Pipelines.small(8).replace("metric exactMatch", "metric exactMatch, above: 0.99");
    }

    @Test
    void noServer() throws Exception {
        Workspace workspace = workspace("server", Pipelines.small(8));

        Shell.Said said = septet(Map.of("TEMPORAL_ADDRESS", "127.0.0.1:1"), "run", workspace.file());

        plain(said, UNREACHABLE, "127.0.0.1:1");
    }

    @Test
    void aSecondStartOfOneId() throws Exception {
        Workspace workspace = workspace("twice", Pipelines.small(400));

        Shell.Said first = septet("run", workspace.file(), "--detach");
        assertThat(first.status()).as(first.all()).isZero();
        Shell.Said same = septet("run", workspace.file(), "--detach");
        workspace.write(workspace.text().replace("seed 11", "seed 12"));
        Shell.Said changed = septet("run", workspace.file(), "--detach");

        assertThat(same.all()).contains("running already");
        assertThat(same.out()).as("both name one run").isEqualTo(first.out());
        plain(changed, FAILED, "twice", "another version", "septet status twice");
        stack.client().newUntypedWorkflowStub("twice").cancel();
    }

    private static Workspace workspace(String name, String pipeline) throws IOException {
        return workspace(name, 40, pipeline);
    }

    private static Workspace workspace(String name, int rows, String pipeline) throws IOException {
        return Workspace.in(root.resolve("pipelines"), name, rows, pipeline);
    }

    private static void plain(Shell.Said said, int status, String... words) {
        assertThat(said.all()).contains(words);
        assertThat(said.status()).as(said.all()).isEqualTo(status);
        assertThat(said.all())
                .as("no stack trace, no class name")
                .doesNotContain("\tat ", "Exception", "dev.septet.", "io.temporal", "java.");
    }

    private static Shell.Said septet(Object... arguments) throws Exception {
        return septet(Map.of(), arguments);
    }

    private static Shell.Said septet(Map<String, String> more, Object... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(SEPTET));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Map<String, String> environment = new java.util.HashMap<>(DevStack.environment(stack.state()));
        environment.putAll(stack.environment());
        environment.putAll(more);
        return Shell.run(root, environment, command, 120);
    }
}
