package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.Arm;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.AuditWriter;
import dev.septet.activities.audit.AuditedQuestion;
import dev.septet.activities.audit.AuditedTurn;
import dev.septet.activities.audit.FeedbackEvent;
import dev.septet.activities.audit.Reply;
import dev.septet.activities.audit.ServedBy;
import dev.septet.activities.audit.Thumb;
import dev.septet.activities.encryption.AtRestEncryption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people do at a terminal, at a real pseudo-terminal: run, chat, review. */
@Tag("long")
class TerminalIT {
    private static final Duration RUN = Duration.ofMinutes(5);
    private static final Duration ANSWER = Duration.ofSeconds(90);
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    private Path root = Path.of("");

    @Test
    void runsTalksAndReviews() throws Exception {
        Workspace workspace = Workspace.in(root, "newcomer", 200, Pipelines.small(10));
        runIsDrawn(workspace);
        runIsInterrupted(workspace);
        chatAnswersUntilItEnds();
        chatIsPipedAtATerminal();
        reviewAsks();
    }

    @Test
    @Tag("nightly")
    void aFirstPipelineIsWritten() throws Exception {
        initAsks(Workspace.in(root, "newcomer", 200, Pipelines.small(10)));
    }

    /** Bars are redrawn in place and leave nothing behind; what has ended stays as lines. */
    private void runIsDrawn(Workspace workspace) throws Exception {
        try (PseudoTerminal terminal =
                septet("run", "--port", "0", workspace.file().toString())) {
            assertThat(terminal.end(RUN)).as(terminal.text()).isZero();
            assertThat(terminal.text())
                    .contains("train       done     10 steps", "exactMatch", "Talk ")
                    .doesNotContain("Exception", "SLF4J", "WARNING");
            assertThat(terminal.text()).as("a bar").containsPattern("\r\\S+ .*\\[=*>? *\\]");
            assertThat(terminal.text().lines().map(String::stripTrailing))
                    .as("no bar is left, and no line is wider than the terminal")
                    .noneMatch(line -> line.endsWith("]") && line.matches(".*\\[=+>? *\\]$"));
        }
    }

    /** Ctrl-C commits what there is and says how it goes on. */
    private void runIsInterrupted(Workspace workspace) throws Exception {
        workspace.write(workspace.text().replace("steps 10", "steps 400"));
        try (PseudoTerminal terminal =
                septet("run", "--port", "0", workspace.file().toString())) {
            terminal.await("train       ", 0, RUN);
            terminal.press(PseudoTerminal.CTRL_C);
            assertThat(terminal.end(RUN)).as(terminal.text()).isEqualTo(130);
            assertThat(terminal.text())
                    .contains("Interrupted. Training commits its checkpoint first ...")
                    .contains("continues it from its last checkpoint");
        }
    }

    /** A first pipeline by questions; Ctrl-C leaves nothing behind. */
    private void initAsks(Workspace workspace) throws Exception {
        Path folder = root.resolve("first");
        String rows = "{\"prompt\": \"a\", \"completion\": \"b\"}\n".repeat(40);
        Path data = Files.writeString(
                Files.createDirectories(folder.resolve("data")).resolve("rows.jsonl"), rows);
        String model = workspace.file().resolveSibling("base-model").toString();
        try (PseudoTerminal terminal = septet("init", folder.toString())) {
            int at = terminal.await("] > ", 0, ANSWER);
            assertThat(terminal.text()).contains("1 of 5  Which file has the data?");
            terminal.press(PseudoTerminal.CTRL_C);
            assertThat(terminal.end(ANSWER)).as(terminal.text()).isEqualTo(130);
            assertThat(terminal.text().substring(at)).contains("interrupted; nothing was written");
        }
        assertThat(folder.resolve("pipeline.groovy")).doesNotExist();
        try (PseudoTerminal terminal = septet("init", folder.toString(), "--base", model, "--gate", "none")) {
            int at = terminal.await("] > ", 0, ANSWER);
            terminal.type("gone.jsonl\r");
            at = terminal.await("there is no data file gone.jsonl", at, ANSWER);
            at = terminal.await("] > ", at, ANSWER);
            terminal.type(data + "\r");
            at = terminal.await("2 of 3  Which method?", at, ANSWER);
            at = terminal.await("] > ", at, ANSWER);
            terminal.type("back\r");
            at = terminal.await("1 of 3", at, ANSWER);
            at = terminal.await("] > ", at, ANSWER);
            terminal.type("\r");
            at = terminal.await("2 of 3", at, ANSWER);
            at = terminal.await("] > ", at, ANSWER);
            terminal.type("\r");
            at = terminal.await("3 of 3", at, ANSWER);
            terminal.await("] > ", at, ANSWER);
            terminal.type("http\r");
            assertThat(terminal.end(ANSWER)).as(terminal.text()).isZero();
            assertThat(terminal.text()).contains("Wrote    ", "septet plan ").doesNotContain("Exception", "WARNING");
        }
        assertThat(folder.resolve("pipeline.groovy")).content().contains("target http { port 8080 }");
    }

    private void chatAnswersUntilItEnds() throws Exception {
        try (PseudoTerminal terminal = septet("chat", "newcomer", "--max-tokens", "24")) {
            int at = terminal.await("> ", 0, ANSWER);
            terminal.type("Route the tickt\u007fet: My laptop isn't working!!\r");
            at = terminal.await("\n", at, ANSWER);
            terminal.await("> ", at, ANSWER);
            assertThat(terminal.text()).contains("My laptop isn't working!!");
            terminal.press(PseudoTerminal.CTRL_D);
            assertThat(terminal.end(ANSWER)).as(terminal.text()).isZero();
            assertThat(terminal.text()).doesNotContain("Exception", "WARNING");
        }
        try (PseudoTerminal terminal = septet("chat", "newcomer")) {
            terminal.await("> ", 0, ANSWER);
            terminal.press(PseudoTerminal.CTRL_C);
            assertThat(terminal.end(ANSWER)).as(terminal.text()).isZero();
        }
        // While it answers, Ctrl-C ends the answer alone.
        try (PseudoTerminal terminal = septet("chat", "newcomer", "--max-tokens", "100000")) {
            int at = terminal.await("> ", 0, ANSWER);
            terminal.type("Tell me all.\r");
            at = terminal.await("\n", at, ANSWER);
            terminal.press(PseudoTerminal.CTRL_C);
            terminal.await("> ", at, ANSWER);
            terminal.type("\r");
            assertThat(terminal.end(ANSWER)).as(terminal.text()).isZero();
        }
    }

    /** A terminal is there, but the prompts come from somewhere else. */
    private void chatIsPipedAtATerminal() throws Exception {
        String septet = Workspace.CHECKOUT.resolve("septet").toString();
        try (PseudoTerminal terminal = PseudoTerminal.start(
                root,
                environment(),
                "bash",
                "-c",
                "echo 'Route the ticket: no mail' | '" + septet + "' chat newcomer")) {
            assertThat(terminal.end(ANSWER)).as(terminal.text()).isZero();
            assertThat(terminal.text()).isNotBlank().doesNotContain("> ", "dumb terminal", "Exception");
        }
    }

    private void reviewAsks() throws Exception {
        try (AuditWriter writer = new AuditLogs(root.resolve("state/audit"), AtRestEncryption.none())
                .writer("newcomer", AuditSettings.DEFAULT)) {
            for (int number = 1; number <= 3; number++) {
                writer.append(new AnswerEvent(
                        "a" + number,
                        NOON,
                        new ServedBy("newcomer", "newcomer", "v1", Arm.CHAMPION),
                        AuditedQuestion.of(List.of(new AuditedTurn("user", "question " + number))),
                        Reply.of("bad", "stop", 12, 5, 40)));
                writer.append(new FeedbackEvent(
                        "f" + number, NOON, "newcomer", "a" + number, Thumb.DOWN, "better " + number));
            }
        }
        try (PseudoTerminal terminal = septet("review", "newcomer")) {
            int at = terminal.await("[q]uit > ", 0, ANSWER);
            assertThat(terminal.text()).contains("1 of 3", "should be  better 1");
            terminal.type("a\r");
            at = terminal.await("[q]uit > ", at, ANSWER);
            terminal.type("e\r");
            at = terminal.await("the answer should be > ", at, ANSWER);
            terminal.type("a better one\r");
            terminal.await("[q]uit > ", at, ANSWER);
            terminal.press(PseudoTerminal.CTRL_D);
            assertThat(terminal.end(ANSWER)).as(terminal.text()).isZero();
            assertThat(terminal.text()).contains("2 decided, 2 accepted rows").doesNotContain("Exception", "WARNING");
        }
        assertThat(Files.readString(root.resolve("state/reviewed/newcomer/rows.jsonl")))
                .contains("better 1", "a better one")
                .doesNotContain("better 2", "better 3");
    }

    private PseudoTerminal septet(String... words) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Workspace.CHECKOUT.resolve("septet").toString());
        command.addAll(List.of(words));
        return PseudoTerminal.start(root, environment(), command.toArray(String[]::new));
    }

    private Map<String, String> environment() throws IOException {
        return DevStack.environment(Files.createDirectories(root.resolve("state")));
    }
}
