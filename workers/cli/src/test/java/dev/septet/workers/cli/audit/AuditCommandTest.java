package dev.septet.workers.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.Arm;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.AuditSettings.Texts;
import dev.septet.activities.audit.AuditWriter;
import dev.septet.activities.audit.AuditedCall;
import dev.septet.activities.audit.AuditedQuestion;
import dev.septet.activities.audit.AuditedTurn;
import dev.septet.activities.audit.AuditedVerdict;
import dev.septet.activities.audit.FeedbackEvent;
import dev.septet.activities.audit.Reply;
import dev.septet.activities.audit.ServedBy;
import dev.septet.activities.audit.Thumb;
import dev.septet.activities.audit.chain.LogErasureOrder;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code septet audit} on logs that were written, and on what somebody made of them. */
class AuditCommandTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final AuditSettings ROTATING = AuditSettings.DEFAULT.rotating(2000, Duration.ofDays(1));

    @TempDir
    private Path home = Path.of("");

    private Captured septet = new Captured(home);

    @BeforeEach
    void write() throws IOException {
        septet = new Captured(home);
        write(ROTATING, 1, 8);
    }

    @Test
    void aLogThatIsWhole() throws IOException {
        assertThat(septet.run("audit", "verify", "support")).isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .startsWith("support: complete. 8 lines in 2 files, 1 to 8\ndigest ")
                .hasLineCount(2);
        String digest = septet.out().strip().replaceAll("(?s).*digest ", "");
        assertThat(septet.run("audit", "verify", log(), "--digest", digest)).isEqualTo(ExitCode.OK);
        assertThat(septet.run("audit", "verify", "support", "--json")).isEqualTo(ExitCode.OK);
        JsonNode verdict = SpecJson.mapper().readTree(septet.out());
        assertThat(verdict.get("whole").booleanValue()).isTrue();
        assertThat(verdict.get("digest").textValue()).isEqualTo(digest);
    }

    @Test
    void everyDamageNamesItsFileAndLine() throws IOException {
        List<String> older = Files.readAllLines(file(0));
        List<String> newer = Files.readAllLines(file(1));

        List<String> edited = new ArrayList<>(older);
        edited.set(1, edited.get(1).replace("answer 2", "answer X"));
        damaged(0, edited, ":2: the line was changed", "(changed)");

        List<String> shorter = new ArrayList<>(older);
        shorter.remove(1);
        damaged(0, shorter, ":2: line 2 is missing before line 3 (deleted)");

        List<String> moved = new ArrayList<>(older);
        Collections.swap(moved, 1, 2);
        damaged(0, moved, ":2: line 3 comes before line 2 (reordered)");

        damaged(
                1,
                newer.subList(0, newer.size() - 1),
                ": the log ends with line 7, but line 8 had been written (truncated)");
    }

    @Test
    void everyFileThatIsMissingShows() throws IOException {
        byte[] newest = Files.readAllBytes(file(1));
        Path newer = file(1);
        Files.delete(newer);
        assertThat(septet.run("audit", "verify", "support")).isEqualTo(ExitCode.LOG_BROKEN);
        assertThat(septet.out()).contains("but line 8 had been written (truncated)");
        Files.write(newer, newest);

        Files.delete(file(0));
        assertThat(septet.run("audit", "verify", "support")).isEqualTo(ExitCode.LOG_BROKEN);
        assertThat(septet.out())
                .contains("support: broken. the whole: the log begins with line ")
                .contains("(deleted)");
    }

    @Test
    void hugeLinesBinaryAndForeignTextAreNamedAndPassedOver() throws IOException {
        for (byte[] foreign : List.of(
                "x".repeat(3 << 20).getBytes(StandardCharsets.UTF_8),
                new byte[] {'"', (byte) 0xff, (byte) 0xfe, 0},
                "[".repeat(100_000).getBytes(StandardCharsets.UTF_8),
                "{\"event\":{}}".getBytes(StandardCharsets.UTF_8))) {
            byte[] before = Files.readAllBytes(file(1));
            Files.write(file(1), foreign, StandardOpenOption.APPEND);
            Files.write(file(1), new byte[] {'\n'}, StandardOpenOption.APPEND);

            assertThat(septet.run("audit", "verify", "support")).isEqualTo(ExitCode.LOG_BROKEN);
            assertThat(septet.out()).contains("the line was changed").hasLineCount(2);
            assertThat(septet.run("audit", "show", "support")).isEqualTo(ExitCode.OK);
            assertThat(septet.out()).hasLineCount(8);
            assertThat(septet.err())
                    .isEqualTo(
                            "1 lines are not lines of an audit log; `septet audit verify support`" + " shows where\n");
            Files.write(file(1), before);
        }
    }

    @Test
    void linksAndFoldersInTheLogAreRefused() throws IOException {
        Path secret = Files.writeString(home.resolve("secret"), "root:x:0\n");
        Files.createSymbolicLink(log().resolve("audit-000000000999999.jsonl"), secret);
        for (String command : List.of("verify", "show")) {
            assertThat(septet.run("audit", command, "support")).isEqualTo(ExitCode.LOG_BROKEN);
            assertThat(septet.err())
                    .contains("audit-000000000999999.jsonl: is a link, but a log's files are")
                    .doesNotContain("root:x");
        }
        Files.delete(log().resolve("audit-000000000999999.jsonl"));
        Files.createDirectory(log().resolve("audit-000000000999999.jsonl"));
        assertThat(septet.run("audit", "show", "support")).isEqualTo(ExitCode.LOG_BROKEN);
        assertThat(septet.err()).contains("is a folder");
    }

    @Test
    void aWriterAtWorkDoesNotMatter() throws Exception {
        Thread writing = new Thread(() -> {
            try {
                write(ROTATING, 9, 300);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writing.start();
        int looks = 0;
        do {
            assertThat(septet.run("audit", "verify", "support"))
                    .as(septet.out() + septet.err())
                    .isEqualTo(ExitCode.OK);
            looks++;
        } while (writing.isAlive());
        writing.join();
        assertThat(looks).isPositive();
        assertThat(septet.run("audit", "verify", "support")).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).startsWith("support: complete. 300 lines in ");
    }

    @Test
    void whatIsNoLogIsNotFound() throws IOException {
        Path file = Files.writeString(home.resolve("audit.jsonl"), "{}\n");
        assertThat(septet.run("audit", "verify", "nobody")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).startsWith("septet: there is no audit log 'nobody', neither as a folder nor in ");
        assertThat(septet.run("audit", "show", file)).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("is a file; an audit log is a folder of files");
        assertThat(septet.run("audit", "show", home)).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.run("audit")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.run("audit", "verify", "support", "--digest", "12")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.run("audit", "show", "support", "--since", "soon")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("--since takes a time such as");
    }

    @Test
    void showsTheVerdictsOfAGuard() throws IOException {
        AnswerEvent answered = answer(9, "and now?", "No.");
        String digest = "0".repeat(64);
        try (AuditWriter writer = writer(ROTATING)) {
            writer.append(new AnswerEvent(
                    answered.id(),
                    NOON,
                    answered.servedBy(),
                    answered.question(),
                    answered.reply().refusing(),
                    null,
                    List.of(
                            new AuditedVerdict("input", false, AuditedVerdict.NONE, 0.125, List.of(), digest, 4),
                            new AuditedVerdict(
                                    "output", true, AuditedVerdict.REFUSED, null, List.of("S1", "S9"), digest, 5))));
        }
        assertThat(septet.run("audit", "show", "support", "--refused")).isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .endsWith("-> \"No.\"  guard input safe 0.13  guard output unsafe S1,S9 refused\n")
                .hasLineCount(1);
        assertThat(septet.run("audit", "show", "support", "--refused", "--json"))
                .isEqualTo(ExitCode.OK);
        JsonNode verdicts = SpecJson.mapper().readTree(septet.out()).at("/event/guard");
        assertThat(verdicts.at("/1/action").asText()).isEqualTo("refused");
        assertThat(verdicts.at("/0/guard").asText()).isEqualTo(digest);
        assertThat(septet.run("audit", "verify", "support")).isEqualTo(ExitCode.OK);
    }

    @Test
    void showsTheNewestLinesThatItsFiltersTake() throws IOException {
        try (AuditWriter writer = writer(ROTATING)) {
            writer.append(feedback("a8", Thumb.DOWN, "\u001b[2Jbetter\nby far"));
            writer.append(answer(9, "and now?", "I'm sorry, but I can't help with that."));
        }
        assertThat(septet.run("audit", "show", "support", "-n", 2)).isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .isEqualTo("9  2026-03-01T12:00:00Z  feedback on a8 thumb down correction"
                        + " \"\u241b[2Jbetter\u240aby far\"\n"
                        + "10  2026-03-01T12:00:00Z  a9  support v1 champion  \"and now?\""
                        + " -> \"I'm sorry, but I can't help with that.\"\n");
        assertThat(septet.run("audit", "show", "support", "--id", "a8")).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).hasLineCount(2);
        assertThat(septet.run("audit", "show", "support", "--thumb", "down")).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).startsWith("9 ").hasLineCount(1);
        assertThat(septet.run("audit", "show", "support", "--refused", "--json"))
                .isEqualTo(ExitCode.OK);
        JsonNode line = SpecJson.mapper().readTree(septet.out());
        assertThat(line.get("sequence").intValue()).isEqualTo(10);
        assertThat(line.get("event").get("id").textValue()).isEqualTo("a9");
        assertThat(septet.run("audit", "show", "support", "--since", "1m")).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).isEmpty();
    }

    @Test
    void masksWhatWasWrittenAsItCame() throws IOException {
        try (AuditWriter writer = writer(AuditSettings.DEFAULT.with(Texts.WHOLE))) {
            writer.append(answer(9, "I am mara.lind7@example.com", "Hello"));
        }
        for (String how : List.of("--full", "--json")) {
            assertThat(septet.run("audit", "show", "support", how)).isEqualTo(ExitCode.OK);
            assertThat(septet.out()).contains("I am [EMAIL]").doesNotContain("mara");
        }
        assertThat(septet.run("audit", "show", "support", "--unmasked")).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("mara.lind7@example.com");
    }

    @Test
    void masksNationalPhoneNumbersOfTheOperatorsRegions() throws IOException {
        try (AuditWriter writer = writer(AuditSettings.DEFAULT.with(AuditSettings.Texts.WHOLE))) {
            writer.append(answer(9, "call me: 098765 43210", "I will"));
        }
        septet.run("audit", "show", "support");
        assertThat(septet.out()).contains("098765 43210");

        septet.with("SEPTET_PHONE_REGIONS", " BR, IN ");
        septet.run("audit", "show", "support");
        assertThat(septet.out()).contains("call me: [PHONE]").doesNotContain("43210");

        septet.with("SEPTET_PHONE_REGIONS", "IN,Brazil");
        assertThat(septet.run("audit", "show", "support")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err())
                .isEqualTo(
                        "septet: SEPTET_PHONE_REGIONS: regions: 'Brazil' is not a region with phone numbers. Regions are ISO 3166 codes of two capital letters, such as 'IN' or 'BR'%n"
                                .formatted());
        assertThat(septet.run("serve", "support", "--port", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("'Brazil' is not a region");
    }

    @Test
    void erasesAnAnswerAndTheFeedbackOnIt() throws IOException {
        try (AuditWriter writer = writer(ROTATING)) {
            writer.append(feedback("a3", Thumb.DOWN, "better"));
            writer.append(feedback("a4", Thumb.UP, "good"));
        }
        assertThat(septet.run("audit", "erase", "support", "--id", "a3")).isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains("\"question 3\" -> \"answer 3\"\n9  ")
                .endsWith("Would erase the content of 2 lines of support\n");
        assertThat(septet.err()).isEqualTo("Nothing was erased. Erase it with --yes.\n");
        assertThat(septet.run("audit", "show", "support")).isZero();
        assertThat(septet.out()).contains("question 3", "better");

        assertThat(septet.run("audit", "erase", "support", "--id", "a3", "--reason", "request 7", "--yes"))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out()).isEqualTo("Erased the content of 2 lines of support\n");
        assertThat(septet.run("audit", "show", "support", "--full", "--unmasked"))
                .isZero();
        assertThat(septet.out())
                .contains("\n3  2026-03-01T12:00:00Z  erased answer\n", "\n9  2026-03-01T12:00:00Z  erased feedback\n")
                .contains("erasure: the content of 2 lines was erased: request 7\n", "question 4", "good")
                .doesNotContain("question 3", "better");
        assertThat(septet.run("audit", "show", "support", "--kind", "erased", "--json"))
                .isZero();
        assertThat(septet.out()).hasLineCount(2).contains("\"kind\":\"erased\"");
        assertThat(septet.run("audit", "verify", "support")).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("support: complete. 11 lines", "the content of 2 lines was erased");

        assertThat(septet.run("audit", "erase", "support", "--id", "a3", "--yes", "--json"))
                .isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("no line of support with content matches");
    }

    @Test
    void erasesWhatMatchesATextOrAKey() throws IOException {
        AnswerEvent ofAlice = answer(10, "hello", "Hello");
        try (AuditWriter writer = writer(ROTATING)) {
            writer.append(answer(9, "I am Bruno \u00d6zil, order 12", "Hello Bruno"));
            writer.append(new AnswerEvent(
                    ofAlice.id(), NOON, ofAlice.servedBy(), ofAlice.question(), ofAlice.reply(), "alice"));
            writer.append(feedback("a1", Thumb.DOWN, "Ask bruno \u00f6zil"));
        }
        assertThat(septet.run("audit", "erase", "support", "--matching", "bruno \u00d6ZIL", "--json"))
                .isZero();
        assertThat(septet.out()).isEqualTo("{\"erased\":false,\"lines\":[9,11]}\n");
        assertThat(septet.run("audit", "erase", "support", "--key", "alice", "--yes", "--json"))
                .isZero();
        assertThat(septet.out()).isEqualTo("{\"erased\":true,\"lines\":[10]}\n");
        assertThat(septet.run("audit", "erase", "support", "--matching", "support"))
                .as("the name of the pipeline is no text")
                .isEqualTo(ExitCode.NOT_FOUND);
    }

    @Test
    void namesTrainingRowsThatWereMadeOfErasedLines() throws IOException {
        try (AuditWriter writer = writer(ROTATING)) {
            writer.append(new AnswerEvent(
                    "a9",
                    NOON,
                    new ServedBy("support", "support", "v1", Arm.CHAMPION),
                    AuditedQuestion.of(List.of(new AuditedTurn("user", "Where is my parcel?"))),
                    Reply.of("I do not know.", "stop", 12, 5, 40)));
            writer.append(feedback("a9", Thumb.DOWN, "It comes today."));
        }
        assertThat(septet.run("review", "support", "--accept-all", "--by", "ines"))
                .as(septet.err())
                .isZero();
        assertThat(septet.run("audit", "erase", "support", "--id", "a9", "--yes"))
                .isZero();
        assertThat(septet.err())
                .startsWith("training rows were made of these answers, in ")
                .contains("rows.jsonl, lines [1]. `septet data forget`");
        assertThat(septet.run("audit", "erase", "support", "--id", "a4", "--yes"))
                .isZero();
        assertThat(septet.err()).isEmpty();
    }

    @Test
    void refusesAnErasureThatChoosesNothingOrHasADamagedOrder() throws IOException {
        assertThat(septet.run("audit", "erase", "support", "--yes")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("choose lines with --id, --matching or --key");
        assertThat(septet.run("audit", "erase", "support", "--matching", " ", "--yes"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(septet.run("audit", "erase", "support", "--id", "a1", "--reason", "x\ny", "--yes"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("--reason is one line of at most 200 characters");
        assertThat(septet.run("audit", "erase", "nobody", "--id", "a1", "--yes"))
                .isEqualTo(ExitCode.NOT_FOUND);
        for (String option : List.of("--id", "--key", "--matching")) {
            assertThat(septet.run("audit", "erase", "support", option, "", "--yes"))
                    .as("%s of a variable that is not set", option)
                    .isEqualTo(ExitCode.USAGE);
        }
        Files.writeString(log().resolve("erase.json"), "{\"digests\":[");
        assertThat(septet.run("audit", "erase", "support", "--id", "a1", "--yes"))
                .isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("erase.json: is no order of `septet audit erase`; remove the file");
        assertThat(septet.run("audit", "verify", "support")).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("8 lines").doesNotContain("erased");
    }

    @Test
    void finishesWhatAKilledCommandBegan() throws IOException {
        AuditLogs logs = new AuditLogs(home.resolve("state/audit"), AtRestEncryption.none());
        String digest = logs.reader("support").read(0, 1).records().get(0).digest();
        assertThat(new LogErasureOrder("", Set.of(digest)).give(log())).isTrue();
        assertThat(septet.run("audit", "erase", "support", "--id", "a2", "--yes"))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(septet.run("audit", "verify", "support")).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("the content of 2 lines was erased");
    }

    @Test
    void matchesTextsOfPeopleAndModelsOnly() throws IOException {
        try (AuditWriter writer = writer(AuditSettings.DEFAULT.with(Texts.WHOLE))) {
            List<AuditedTurn> turns = List.of(
                    new AuditedTurn("user", "Hello"),
                    new AuditedTurn(
                            "assistant",
                            "",
                            List.of(new AuditedCall("call-kim", "find", "{\"name\":\"\\u00d6zil\"}")),
                            null,
                            null,
                            null));
            writer.append(new AnswerEvent(
                    "a9",
                    NOON,
                    new ServedBy("support", "support", "v1", Arm.CHAMPION),
                    AuditedQuestion.of(turns),
                    Reply.of("Done.", "stop", 12, 5, 40)));
        }
        for (String role : List.of("assistant", "user", "find", "kim")) {
            assertThat(septet.run("audit", "erase", "support", "--matching", role))
                    .as(role)
                    .isEqualTo(ExitCode.NOT_FOUND);
        }
        for (String name : List.of("\u00d6zil", "O\u0308ZIL")) {
            assertThat(septet.run("audit", "erase", "support", "--matching", name, "--json"))
                    .as(name)
                    .isZero();
            assertThat(septet.out()).isEqualTo("{\"erased\":false,\"lines\":[9]}\n");
        }
    }

    private void damaged(int file, List<String> lines, String... said) throws IOException {
        byte[] before = Files.readAllBytes(file(file));
        String name = String.valueOf(file(file).getFileName());
        Files.writeString(file(file), String.join("\n", lines) + "\n");
        assertThat(septet.run("audit", "verify", "support")).isEqualTo(ExitCode.LOG_BROKEN);
        assertThat(septet.out()).startsWith("support: broken. " + name).contains(said);
        Files.write(file(file), before);
    }

    private AuditWriter writer(AuditSettings settings) throws IOException {
        return new AuditLogs(home.resolve("state/audit"), AtRestEncryption.none()).writer("support", settings);
    }

    private Path log() {
        return home.resolve("state/audit/support");
    }

    private Path file(int number) throws IOException {
        try (Stream<Path> files = Files.list(log())) {
            return files.filter(file -> file.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList()
                    .get(number);
        }
    }

    private void write(AuditSettings settings, int from, int to) throws IOException {
        try (AuditWriter writer = writer(settings)) {
            for (int number = from; number <= to; number++) {
                writer.append(answer(number, "question " + number, "answer " + number));
            }
        }
    }

    private static AnswerEvent answer(int number, String prompt, String answer) {
        return new AnswerEvent(
                "a" + number,
                NOON,
                new ServedBy("support", "support", "v1", Arm.CHAMPION),
                AuditedQuestion.of(prompt),
                Reply.of(answer, "stop", 12, 5, 40));
    }

    private static FeedbackEvent feedback(String of, Thumb thumb, String correction) {
        return new FeedbackEvent("f-" + of, NOON, "support", of, thumb, correction);
    }
}
