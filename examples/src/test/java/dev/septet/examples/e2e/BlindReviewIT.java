package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.evaluate.votes.Vote;
import dev.septet.activities.evaluate.votes.VoteFile;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.Septet;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Verdict;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** People who compare answers: in a real browser with the real command, which is killed, and at a pseudo-terminal. */
class BlindReviewIT {
    private static final String HOSTILE =
            "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>";
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final int ROWS = 6;

    @TempDir
    static Path folder;

    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        LocalStore store = new LocalStore(folder.resolve("state/store"));
        Fence fence = new Fence("desk/evaluate", 1);
        store.open(fence);
        Path report = Files.createDirectories(folder.resolve("report"));
        StringBuilder lines = new StringBuilder();
        for (int row = 0; row < ROWS; row++) {
            ObjectNode line = SpecJson.mapper().createObjectNode().put("prompt", "Question " + row + "?");
            line.putObject("after").put("answer", "good answer " + row + " " + HOSTILE + "word ".repeat(900));
            line.putObject("before").put("answer", "bad answer " + row + " \u001b[2J" + "unbreakable".repeat(60));
            lines.append(line).append('\n');
        }
        Files.writeString(report.resolve("predictions.jsonl"), lines);
        Files.writeString(report.resolve("results.json"), "{\"settings\":{\"seed\":42}}");
        new StageResults(store)
                .commit(
                        new RunRef("desk", "run-1", "", ""),
                        StageKey.of(Stage.EVALUATE).with("trained model", "desk"),
                        "",
                        fence,
                        new EvaluationReport(
                                Verdict.INCONCLUSIVE, List.of(), store.put(report, fence), new Origin("", null, "")));
        store.release(fence);
        browser = Browser.open();
    }

    @AfterAll
    static void stop() {
        browser.close();
    }

    private static List<String> septet(String... words) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dseptet.terminal=true",
                "-Dseptet.input=true",
                "-Dseptet.columns=100",
                "-cp",
                System.getProperty("java.class.path"),
                Septet.class.getName(),
                "review",
                "desk"));
        command.addAll(List.of(words));
        return command;
    }

    /** The command, and the page's address that it prints. */
    private record Serving(Process process, URI page) {
        static Serving start() throws IOException {
            ProcessBuilder builder = new ProcessBuilder(septet("--blind", "--json", "--votes", "page.jsonl"))
                    .directory(folder.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().put("SEPTET_STATE", folder.resolve("state").toString());
            Process process = builder.start();
            BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line = String.valueOf(out.readLine());
            return new Serving(
                    process,
                    URI.create(SpecJson.mapper().readTree(line).path("url").asText()));
        }

        void kill() throws InterruptedException {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    @Test
    void votesInABrowserSurviveAKillAndNothingThatAModelWroteRuns() throws Exception {
        Serving first = Serving.start();
        try {
            browser.show(Browser.LAPTOP, false).visit(first.page());
            browser.element("#name").sendKeys("Ines" + Keys.ENTER);
            progress("0 of 6");
            assertThat(browser.driver().getCurrentUrl()).as("the token").doesNotContain("#");
            assertThat(browser.driver().getTitle()).isEqualTo("Septet review");
            assertThat(browser.driver().getPageSource()).doesNotContain("tuned", "base model", "after", "before");
            Looks.good(browser, "blind-review");
            browser.show(Browser.LAPTOP, false);
            press(Keys.ARROW_LEFT, "1 of 6");
            press("t", "2 of 6");
            press("u", "1 of 6");
            press(Keys.ARROW_RIGHT, "2 of 6");
            press("s", "3 of 6");
        } finally {
            first.kill();
        }
        press("t", "3 of 6");
        await("what is wrong").atMost(SOON).until(() -> browser.text().contains("the server cannot be reached"));
        Serving second = Serving.start();
        try {
            browser.show(Browser.PHONE, true).visit(second.page());
            browser.element("#name").sendKeys("ines " + Keys.ENTER); // another port is another site for a browser
            progress("3 of 6");
            for (int done = 4; done <= ROWS; done++) {
                boolean left = browser.element("#left").getText().startsWith("good");
                browser.element("[data-vote=" + (left ? "left" : "right") + "]").click();
                progress(done + " of 6");
            }
            assertThat(browser.text()).contains("You have voted on all pairs");
            assertThat(browser.driver().getTitle()).isEqualTo("Septet review");
            browser.driver()
                    .get(URI.create(second.page().toString().replaceAll("#.*", "#" + "0".repeat(48)))
                            .toString());
            browser.driver().navigate().refresh();
            await("the refusal").atMost(SOON).until(() -> browser.text().contains("the token is missing"));
        } finally {
            second.kill();
        }
        VoteFile file = VoteFile.read(Files.readString(folder.resolve("page.jsonl")));
        assertThat(file.last()).hasSize(1);
        assertThat(file.last().values().iterator().next()).hasSize(ROWS);
        assertThat(file.votes()).extracting(Vote::verdict).hasSize(ROWS + 2);
    }

    private static void press(CharSequence key, String progress) {
        browser.element("body").sendKeys(key);
        progress(progress);
    }

    private static void progress(String text) {
        await(text)
                .atMost(SOON)
                .until(() -> browser.element("#progress").getText().equals(text));
    }

    @Test
    @Tag("long")
    void votesAtATerminalAndReadsTheResult() throws Exception {
        Map<String, String> environment =
                Map.of("SEPTET_STATE", folder.resolve("state").toString());
        try (PseudoTerminal terminal = PseudoTerminal.start(
                folder,
                environment,
                septet("--terminal", "--votes", "terminal.jsonl", "--by", "ben").toArray(String[]::new))) {
            int at = 0;
            for (int pair = 1; pair <= ROWS; pair++) {
                at = terminal.await("pair " + pair + " of 6", at, SOON);
                int asked = terminal.await("[q]uit > ", at, SOON);
                String shown = terminal.text().substring(at, asked);
                boolean left = shown.indexOf("good answer") < shown.indexOf("bad answer");
                at = asked;
                terminal.type(left ? "l\r" : "r\r");
            }
            terminal.await("no pair is left", at, SOON);
            assertThat(terminal.raw())
                    .as("what a model wrote does not clear the screen")
                    .doesNotContain("\u001b[2J");
            terminal.type("q\r");
            assertThat(terminal.end(SOON)).as(terminal.text()).isZero();
        }
        try (PseudoTerminal terminal = PseudoTerminal.start(
                folder,
                environment,
                septet("--result", "--votes", "terminal.jsonl").toArray(String[]::new))) {
            assertThat(terminal.end(SOON)).as(terminal.text()).isZero();
            assertThat(terminal.text()).contains("humanWinRate", "6 votes of 1 reviewers", "0 of 6");
        }
    }
}
