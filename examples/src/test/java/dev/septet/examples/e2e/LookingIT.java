package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.septet.dsl.pipeline.SpecJson;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** One real run, looked at in every way: commands, files, terminals, Temporal's list and Web UI. */
@Tag("nightly")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LookingIT {
    private static final String NAME = "watched";

    /** Enough for a slow machine to be looked at while it trains. */
    private static final int STEPS = 120;

    private static final String SGR = "\u001b[";

    @TempDir
    static Path root;

    private static DevStack stack;
    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        Workspace watched = Workspace.in(root, NAME, 200, asking(Pipelines.watched(STEPS)));
        String odd = "{\"prompt\":\"%s\",\"answer\":\"x\"}\n".formatted("qx zv 99 ".repeat(60));
        Files.writeString(watched.folder().resolve("audit.jsonl"), odd.repeat(60));
        Workspace.in(root, "stranded", 200, onAQueueOfItsOwn(Pipelines.small(10)));
        stack = DevStack.start(root.resolve("state"), Map.of("SEPTET_UNSIGNED_APPROVALS", "allow"), root);
        browser = Browser.open();
        browser.visit(URI.create(stack.server().ui()));
        assertThat(browser.text()).as("nobody is let in without the token").contains("server.token");
        browser.signIn(stack);
    }

    @AfterAll
    static void stop() {
        browser.close();
        stack.close();
    }

    @Test
    @Order(1)
    void whileItTrainsCommandAndWebPageShowHowFarItIs() throws Exception {
        stack.begin("stranded");
        stack.begin(NAME);
        await("steps of the training")
                .atMost(Duration.ofMinutes(3))
                .until(() -> septet("status", NAME).out().matches("(?s).*training, [\\d,]+ of " + STEPS + " steps.*"));

        String status = septet("status", NAME).out();
        assertThat(flat(status))
                .containsPattern("train \\| running \\| training, \\d+ of " + STEPS + " steps, loss \\d")
                .containsPattern("\\d+m?\\d*s left")
                .contains("prepare | done", "evaluate | waiting");
        shows("web-training", NAME, "training, ", " of " + STEPS + " steps, loss ", " left", "evaluate: waiting");
    }

    @Test
    @Order(2)
    void aQueueWithoutAWorkerIsSaidAloudEverywhere() throws Exception {
        String command = "septet worker --role training --queue lab-gpu";
        await("the page that says so")
                .atMost(Duration.ofMinutes(2))
                .until(() -> !json("status", "stranded").at("/waiting/reason").isMissingNode());

        assertThat(flat(septet("status", "stranded").out()))
                .contains("no worker polls the task queue `lab-gpu`; start one with", command);
        assertThat(json("status", "stranded").at("/unpolled/0").asText()).isEqualTo("lab-gpu");
        shows("web-stranded", "stranded", "no worker polls the task queue", command);
        stack.client().newUntypedWorkflowStub("stranded").terminate("seen");
        assertThat(flat(septet("status", "stranded").out()))
                .contains("stranded: terminated", "Failed the run was terminated");
    }

    @Test
    @Order(3)
    void whatAGateWaitsForComesWithItsCommand() throws Exception {
        await("the question")
                .atMost(Duration.ofMinutes(4))
                .until(() -> !json("status", NAME).at("/waiting/answers/0").isMissingNode());
        String command = json("status", NAME).at("/waiting/answers/0").asText();

        assertThat(command).startsWith("septet approve " + NAME);
        assertThat(septet("status", NAME).out()).contains(command).contains("Waits    deploy: ");
        shows("web-waiting", NAME, "deploy waits", command.substring(0, 40));
        Shell.Said answered = TemporalCli.paste(stack, command + " --by Ann");
        assertThat(answered.status()).as(answered.all()).isZero();
        stack.result(stack.client().newUntypedWorkflowStub(NAME), Duration.ofMinutes(4));
    }

    @Test
    @Order(4)
    void theReportIsFoundAndGoodToLookAt() throws Exception {
        String said = septet("report", NAME).out();
        assertThat(said).contains(" metric ", "exactMatch", "Model    ", "Report   ");
        Path file = stack.state().resolve("reports").resolve(NAME + ".html");
        assertThat(said).contains(file.toString());

        browser.visit(file.toUri());
        Looks.good(browser, "report-real");
        assertThat(json("report", NAME).at("/results/scores/0/metric").asText()).isEqualTo("exactMatch");
        Shell.Said none = septet("report", "nobody");
        assertThat(none.status()).isEqualTo(5);
        assertThat(none.err()).contains("no run 'nobody' on", "`septet runs` lists the runs");
    }

    @Test
    @Order(5)
    void runsAreFoundByWhatTheyWereMadeOf() throws Exception {
        for (String[] filter : new String[][] {
            {"--model", "base-model"},
            {"--dataset", "data/*"},
            {"--gate", "go"},
            {"--score", "0"},
            {"--pipeline", NAME, "--state", "completed"},
        }) {
            assertThat(ids(filter)).as(String.join(" ", filter)).contains(NAME);
        }
        assertThat(ids("--score", "1.01")).isEmpty();
        assertThat(ids("--model", "base' OR WorkflowType='Pipeline")).isEmpty();
        assertThat(ids("--state", "terminated")).containsExactly("stranded");
        assertThat(await("a watch that is sure of a drift")
                        .atMost(Duration.ofSeconds(90))
                        .until(() -> ids("--drift", "0.9"), found -> !found.isEmpty()))
                .containsExactly(NAME + "/monitor");
    }

    @Test
    @Order(6)
    void theDetailPageWorksAsWritten() throws Exception {
        Map<String, String> environment = new HashMap<>(stack.environment());
        environment.putAll(DevStack.environment(stack.state()));

        String said = RunnableDocPage.of("looking.md").run(root, TemporalCli.path(), environment);

        assertThat(said)
                .contains("watched: completed", "libtorch loads", "SEPTET_STATE", NAME)
                .containsPattern("answers, Temporal \\d+\\.\\d+")
                .containsPattern("temporal server +(\\| )?\\d+\\.\\d+");
    }

    @Test
    @Order(7)
    void coloursAreForTerminalsThatWantThemAndTablesFit() throws Exception {
        for (List<String> words : List.of(
                List.of("runs"),
                List.of("status", NAME),
                List.of("report", NAME),
                List.of("doctor"),
                List.of("env"),
                List.of("apply", root.resolve(NAME + "/pipeline.groovy").toString()))) {
            String line = "septet " + String.join(" ", words);
            Shell.Said piped = TemporalCli.paste(stack, "unset NO_COLOR; " + line);
            assertThat(piped.all()).as("%s in a pipe", line).doesNotContain(SGR);
            assertThat(piped.out().lines().filter(row -> row.contains(" | ")))
                    .as(line)
                    .allMatch(row -> row.length() <= 80);
            assertThat(terminal("export NO_COLOR=1; " + line))
                    .as("%s with NO_COLOR", line)
                    .doesNotContain(SGR);
        }
        assertThat(terminal("unset NO_COLOR; export TERM=xterm; septet runs")).contains(SGR + "32m");
        assertThat(terminal("unset NO_COLOR; export TERM=dumb; septet runs")).doesNotContain(SGR);
    }

    /** A page of another site, in the browser that is signed in, tries what it can. */
    @Test
    @Order(8)
    void anotherSitesPageReachesNothing() throws Exception {
        String ui = Objects.requireNonNull(stack.server().ui());
        String start = "/api/v1/namespaces/default/workflows/planted?workflowType.name=Pipeline&taskQueue.name=septet";
        String attack = """
            <!doctype html><title>trying</title><script>
            const tries = [];
            for (const base of %s) {
              tries.push(fetch(base + '/api/v1/namespaces', {credentials: 'include'})
                  .then(answer => answer.text()).then(text => 'read ' + base, () => 'refused'));
              tries.push(fetch(base + '%s', {method: 'POST', mode: 'no-cors', credentials: 'include',
                  headers: {'Content-Type': 'text/plain'}, body: '{"workflowId":"planted"}'})
                  .then(() => 'sent', () => 'refused'));
            }
            Promise.all(tries).then(done => document.title = 'done ' + done.join(','));
            </script>\
            """.formatted(
                        SpecJson.mapper()
                                .writeValueAsString(
                                        List.of(ui, "http://" + stack.server().address())),
                        start);
        HttpServer site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.createContext("/", exchange -> {
            byte[] page = attack.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        site.start();
        try {
            browser.visit(URI.create("http://localhost:" + site.getAddress().getPort() + "/"));
            await("the page's tries")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> String.valueOf(browser.driver().getTitle()).startsWith("done"));
            assertThat(browser.driver().getTitle()).doesNotContain("read");
            assertThat(TemporalCli.run(stack, "workflow", "describe", "-w", "planted")
                            .status())
                    .as("no workflow was started")
                    .isNotZero();
        } finally {
            site.stop(0);
        }
    }

    /** After runs, reports and pages: what a second user of this machine finds of them. */
    @Test
    @Order(9)
    void anotherUserOfThisMachineReachesNothing() throws Exception {
        assumeTrue(System.getProperty("user.name", "").equals("root"), "only root can become another user");
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        URI ui = URI.create(Objects.requireNonNull(stack.server().ui()));
        String port = stack.server().address().replaceAll(".*:", "");
        Path script = Workspace.CHECKOUT.resolve("examples/attacks/other-user.sh");
        for (String mode : List.of("rwx------", "rwx--x--x")) {
            Files.setPosixFilePermissions(stack.state(), PosixFilePermissions.fromString(mode));
            Process tries = new ProcessBuilder(
                            "bash", script.toString(), stack.state().toString(), Integer.toString(ui.getPort()), port)
                    .redirectErrorStream(true)
                    .start();
            assertThat(new String(tries.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .as("what the other user could do, with %s", mode)
                    .isEmpty();
            assertThat(tries.waitFor()).isZero();
        }
    }

    /** The same in a terminal of 80 columns, as `script` of util-linux gives one. */
    private static String terminal(String line) throws Exception {
        Path script = Files.writeString(root.resolve("line.sh"), "stty cols 80\n" + line + "\n");
        return TemporalCli.paste(stack, "script -qec 'bash " + script + "' /dev/null")
                .out();
    }

    /** A run's page has its details on a tab of its own, which does not follow by itself. */
    private static void shows(String picture, String run, String... texts) throws Exception {
        String ui = Objects.requireNonNull(
                stack.server().page(run, json("status", run).get("runId").asText()));
        Path pictures = Files.createDirectories(Path.of("target/looks"));
        try {
            await("the run's page")
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofSeconds(3))
                    .ignoreExceptions()
                    .untilAsserted(() -> {
                        browser.visit(URI.create(ui + "/user-metadata"));
                        await().atMost(Duration.ofSeconds(8))
                                .until(() -> browser.allText().contains("prepare"));
                        assertThat(browser.allText()).contains(texts);
                    });
        } finally {
            browser.picture(pictures.resolve(picture + ".png"));
        }
    }

    private static List<String> ids(String... filter) throws Exception {
        List<String> words = new java.util.ArrayList<>(List.of("runs", "--json"));
        words.addAll(List.of(filter));
        Shell.Said said = septet(words.toArray(String[]::new));
        assertThat(said.status()).as(said.all()).isZero();
        List<String> ids = new java.util.ArrayList<>();
        SpecJson.mapper()
                .readTree(said.out())
                .forEach(run -> ids.add(run.get("workflowId").asText()));
        return ids;
    }

    private static JsonNode json(String command, String run) throws Exception {
        return SpecJson.mapper().readTree(septet(command, run, "--json").out());
    }

    private static Shell.Said septet(String... words) throws Exception {
        return Shell.septet(root, DevStack.environment(stack.state()), 60, words);
    }

    /** Without the breaks that a narrow screen needs. */
    private static String flat(String table) {
        return table.replaceAll("\\n +\\| +\\| ", " ").replaceAll("\\s+", " ");
    }

    private static String asking(String pipeline) {
        return pipeline.replace("quantize int8\n", "quantize int8\n        approval from: 'lab', within: 20.minutes\n");
    }

    private static String onAQueueOfItsOwn(String pipeline) {
        return pipeline.replace("setup { seed 11;", "setup { seed 11; resources queue: 'lab-gpu';");
    }
}
