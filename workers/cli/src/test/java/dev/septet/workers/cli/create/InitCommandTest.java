package dev.septet.workers.cli.create;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.activities.prepare.DatasetPreview;
import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** `septet init` writes a pipeline that lints, or says plainly why it cannot. */
class InitCommandTest {
    private static final Path BASE = Path.of("../../examples/quickstart/base-model");

    @TempDir
    private Path root = Path.of("");

    private Captured septet = new Captured(root);

    @BeforeEach
    void install() throws IOException {
        septet = new Captured(root);
        Files.createDirectories(root.resolve("shop/data"));
    }

    private Path data(String name, String row) throws IOException {
        String rows = IntStream.range(0, 60)
                .mapToObj(at -> row.replace("#", String.valueOf(at)))
                .collect(Collectors.joining("\n", "", "\n"));
        return Files.writeString(root.resolve("shop").resolve(name), rows);
    }

    private Path chats() throws IOException {
        return data(
                "data/chats.jsonl",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"Ticket #\"}, {\"role\": \"assistant\", \"content\": \"{}\"}]}");
    }

    private Path file() {
        return root.resolve("shop/pipeline.groovy");
    }

    private PipelineSpec compiled() {
        Compilation compiled = PipelineCompiler.compile(file(), Map.of());
        assertThat(compiled.problems()).isEmpty();
        assertThat(compiled.remarks()).isEmpty();
        return compiled.spec().orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CHAT {\"messages\": [{\"role\": \"user\", \"content\": \"a #\"}, {\"role\": \"assistant\", \"content\": \"b\"}]}",
                "ALPACA {\"instruction\": \"a #\", \"input\": \"\", \"output\": \"It is late. Come tomorrow. Then we talk.\"}",
                "COMPLETION {\"prompt\": \"a #\", \"completion\": \"b\"}",
                "TEXT {\"text\": \"a text #\"}",
                "PREFERENCE {\"prompt\": \"a #\", \"chosen\": \"b\", \"rejected\": \"c\"}",
                "SHAREGPT {\"conversations\": [{\"from\": \"human\", \"value\": \"a #\"}, {\"from\": \"gpt\", \"value\": \"b\"}]}"
            })
    void everyAnswerMakesAPipelineThatLints(String rows) throws IOException {
        DatasetFormat format = DatasetFormat.valueOf(rows.substring(0, rows.indexOf(' ')));
        Path data = data("rows.jsonl", rows.substring(rows.indexOf(' ') + 1));
        assertThat(septet.run("init", root.resolve("shop"), "--data", data, "--base", "owner/model", "--yes"))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(compiled().prepare().format()).isEqualTo(format);
        DataLook look = DataLook.of(root.resolve("shop"), "rows.jsonl", List.of(), null);
        List<String> gates = InitAnswers.gates(look.answers());
        for (int at = 0; at < InitAnswers.TARGETS.size(); at++) {
            String gate = gates.get(at % gates.size());
            String method = InitAnswers.METHODS.get(at % InitAnswers.METHODS.size());
            String target = InitAnswers.TARGETS.get(at);
            BaseLook base = new BaseLook("owner/model", null, 0, 0);
            Files.writeString(file(), new InitText(new InitAnswers("shop", look, base, method, gate, target)).text());
            PipelineSpec spec = compiled();
            assertThat(spec.name()).isEqualTo("shop");
            assertThat(spec.train().method().getClass().getSimpleName()).isEqualToIgnoringCase(method + "Spec");
            assertThat(spec.deploy() == null).isEqualTo(target.equals("none"));
            assertThat(spec.evaluate().compare() != null).isEqualTo(!gate.equals("none"));
        }
    }

    @Test
    void fewRowsHaveNoGate() throws IOException {
        Path data = root.resolve("shop/few.jsonl");
        Files.writeString(data, "{\"prompt\": \"a\", \"completion\": \"b\"}\n".repeat(3));
        assertThat(septet.run("init", root.resolve("shop"), "--data", data, "--base", "a/b", "--yes"))
                .as(septet.err())
                .isZero();
        assertThat(Files.readString(file())).contains("// No gate").doesNotContain("compare baseline }\n");
        assertThat(septet.run(
                        "init",
                        root.resolve("shop"),
                        "--data",
                        data,
                        "--base",
                        "a/b",
                        "--gate",
                        "baseline",
                        "--yes",
                        "--overwrite"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("a gate needs at least 30 rows, and the data has 3");
    }

    @Test
    void whatItWritesPlans() throws IOException {
        Path data = chats();
        copy(BASE, root.resolve("shop/model"));
        assertThat(septet.run(
                        "init",
                        root.resolve("shop"),
                        "--data",
                        data,
                        "--base",
                        root.resolve("shop/model"),
                        "--yes",
                        "--json"))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        JsonNode answer = new ObjectMapper().readTree(septet.out());
        assertThat(answer.at("/data/rows").asInt()).isEqualTo(60);
        assertThat(answer.at("/parameters").asLong()).isEqualTo(2_656_704);
        assertThat(answer.at("/data/longestRow").asInt()).isBetween(8, 40);
        assertThat(answer.at("/next/0").asText()).startsWith("septet plan ").endsWith("/shop/pipeline.groovy");
        assertThat(septet.run("plan", file())).as(septet.err()).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("Split    ", "Gate     ");
        assertThat(septet.err()).isEmpty();
    }

    @Test
    void neverOverwritesAFile() throws IOException {
        Path data = chats();
        Files.writeString(file(), "mine");
        assertThat(septet.run("init", root.resolve("shop"), "--data", data, "--base", "a/b", "--yes"))
                .isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("exists already and was not changed; give --overwrite");
        assertThat(file()).hasContent("mine");
    }

    @Test
    void dataElsewhereIsNamedInTheNextCommands() throws IOException {
        Path data = chats();
        Path other = root.resolve("it's new");
        assertThat(septet.run("init", other, "--data", data, "--base", "a/b", "--yes"))
                .as(septet.err())
                .isZero();
        assertThat(septet.out())
                .contains("septet plan '" + other.toString().replace("'", "'\\''") + "/pipeline.groovy' --data "
                        + data.getParent());
        Compilation compiled =
                PipelineCompiler.compile(other.resolve("pipeline.groovy"), Map.of(), List.of(data.getParent()));
        assertThat(compiled.spec().orElseThrow().name()).isEqualTo("it-s-new");
        assertThat(compiled.remarks()).isEmpty();
    }

    @Test
    void withoutATerminalItSaysWhichOptionsItNeeds() {
        assertThat(septet.run("init", root.resolve("shop"))).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("there is no terminal to ask at; give --data FILE, --base MODEL and --yes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--method=lroa|2|the method 'lroa' is not known; expected lora, dora, qlora, partial, full",
                "--target=cloud|2|the target 'cloud' is not known",
                "--gate=exactMatch|2|the gate 'exactMatch' is not one for these rows; expected one of baseline",
                "--gate=exactMatch:2|2|the bound of exactMatch is above 0 and at most 1, not 2",
                "--gate=exactMatch:1e999999999|2|the bound of exactMatch",
                "--gate=exactMatch:much|2|the bound of exactMatch is a number",
                "--base=models/none/at/all|5|there is no base model models/none/at/all",
                "--base=../../pom.xml|1|is a file, expected a folder with config.json",
                "--data=nothing.jsonl|5|there is no data file nothing.jsonl",
                "--data=../..|5|../.. is a folder; name a file in it",
                "--name=a'b|2|a pipeline's name has letters, digits and '-'"
            })
    void namesWhatIsWrong(String option, int exitCode, String message) throws IOException {
        List<Object> line = new ArrayList<>(List.of("init", root.resolve("shop"), "--yes", option));
        if (!option.startsWith("--data")) {
            line.addAll(List.of("--data", chats()));
        }
        if (!option.startsWith("--base")) {
            line.addAll(List.of("--base", "owner/model"));
        }
        assertThat(septet.run(line.toArray())).isEqualTo(exitCode);
        assertThat(septet.err()).contains(message).doesNotContain("Exception");
        assertThat(file()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"not json at all", "{\"question\": \"a #\", \"answer\": \"b\"}", "\u0000\u0001", "[]"})
    void namesTheRowThatCannotBeUsed(String row) throws IOException {
        Path data = data("bad.jsonl", row);
        assertThat(septet.run("init", root.resolve("shop"), "--data", data, "--base", "a/b", "--yes"))
                .isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("bad.jsonl").doesNotContain("Exception", "unexpected error");
        assertThat(file()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"it's \"$x\" ${y} \\u0027.jsonl", "a\nb');evil().jsonl", "*/.jsonl", "\u202egnp.jsonl"})
    void hostileNamesStayNames(String name) throws IOException {
        Path data = root.resolve("shop").resolve(name.replace("/", "_"));
        Files.copy(chats(), data);
        int exit = septet.run("init", root.resolve("shop"), "--data", data, "--base", "a/b", "--yes");
        assertThat(septet.err()).doesNotContain("Exception", "unexpected error", "\u202e");
        if (exit == ExitCode.OK) {
            assertThat(compiled().prepare().inputs().get(0).path())
                    .isEqualTo(data.getFileName().toString());
            assertThat(Files.readString(file())).doesNotContain("\u202e\n", "evil()\n");
        } else {
            assertThat(septet.err()).isNotBlank();
            assertThat(file()).doesNotExist();
        }
    }

    @Test
    void aFolderThatIsAFileIsNamed() throws IOException {
        Path data = chats();
        assertThat(septet.run("init", data, "--data", data, "--base", "a/b", "--yes"))
                .isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err()).contains("chats.jsonl").doesNotContain("Exception");
        assertThat(septet.run("init", "/proc/new", "--data", data, "--base", "a/b", "--yes"))
                .isEqualTo(ExitCode.RUN_FAILED);
        assertThat(septet.err())
                .contains("/proc/new/pipeline.groovy cannot be written")
                .doesNotContain("Exception");
    }

    @Test
    void asksAgainGoesBackAndEndsWithoutTraces() {
        List<String> taken = new ArrayList<>();
        InitQuestions questions = new InitQuestions()
                .ask("given", () -> "none", () -> "", answer -> taken.add("0" + answer))
                .ask(null, () -> "first", () -> "a", answer -> {
                    if (answer.equals("x")) {
                        throw new CliProblem(ExitCode.USAGE, "not x");
                    }
                    taken.add("1" + answer);
                })
                .ask(null, () -> "second", () -> "", answer -> taken.add("2" + answer));
        Deque<String> lines = new ArrayDeque<>(List.of("x", "b", "back", "", "c"));
        questions.at(septet.session().terminal(), question -> lines.poll(), () -> {});
        assertThat(taken).containsExactly("0given", "1b", "1a", "2c");
        assertThat(septet.err()).contains("1 of 2  first", "not x", "2 of 2  second");
        assertThatThrownBy(() -> questions.at(septet.session().terminal(), question -> null, () -> {}))
                .isInstanceOf(CliProblem.class)
                .hasMessage("interrupted; nothing was written");
    }

    @Test
    void aProblemOfTheLastStepLosesNoAnswer() {
        List<String> taken = new ArrayList<>();
        InitQuestions questions = new InitQuestions()
                .ask(null, () -> "first", () -> "a", answer -> taken.add("1" + answer))
                .ask(null, () -> "second", () -> "b", answer -> taken.add("2" + answer));
        Deque<String> lines = new ArrayDeque<>(List.of("", "", "", "back", "c"));
        Deque<String> problems = new ArrayDeque<>(List.of("gone", "still gone"));
        questions.at(septet.session().terminal(), question -> lines.poll(), () -> {
            taken.add("last");
            if (!problems.isEmpty()) {
                throw new CliProblem(ExitCode.RUN_FAILED, problems.remove());
            }
        });
        assertThat(taken).containsExactly("1a", "2b", "last", "last", "2c", "last");
        assertThat(septet.err()).contains("still gone\nThe answers are kept. An empty line tries again");
    }

    /** Runs the questions; each line of the user may do something first. */
    private String dialogue(Map<String, Runnable> before, String... answers) throws IOException {
        InitCommand command = new InitCommand(septet.session());
        new CommandLine(command).parseArgs(root.resolve("shop").toString());
        Deque<String> lines = new ArrayDeque<>(List.of(answers));
        assertThat(command.create(question -> {
                    String line = lines.remove();
                    before.getOrDefault(line, () -> {}).run();
                    return line.substring(line.indexOf('|') + 1);
                }))
                .isEqualTo(ExitCode.OK);
        assertThat(lines).isEmpty();
        return septet.out();
    }

    /** `--data` opens a folder to the workers, so a folder of a refused answer must not be among them. */
    @Test
    void foldersOfRefusedAnswersAreNotOpened() throws IOException {
        Path data = chats();
        Path refused = Files.createDirectories(root.resolve("srv"));
        copy(BASE, root.resolve("first/model"));
        copy(BASE, root.resolve("second/model"));
        String out = dialogue(
                Map.of(),
                data.toString(),
                refused.toString(),
                root.resolve("first/model").toString(),
                "back",
                root.resolve("second/model").toString(),
                "",
                "",
                "");
        assertThat(septet.err()).contains("srv cannot be used");
        assertThat(out)
                .contains(" --data " + root.resolve("second/model"))
                .doesNotContain("--data " + refused, "first/model");
    }

    @Test
    void dataThatVanishesBetweenTwoQuestionsLosesNoAnswer() throws IOException {
        Path data = chats();
        copy(BASE, root.resolve("shop/model"));
        Path away = root.resolve("away.jsonl");
        String base = root.resolve("shop/model").toString();
        dialogue(
                Map.of(
                        "leaves|" + base,
                        () -> moved(data, away),
                        "returns|" + base,
                        () -> moved(away, data),
                        "leaves|none",
                        () -> moved(data, away),
                        "returns|",
                        () -> moved(away, data)),
                data.toString(),
                "leaves|" + base,
                "returns|" + base,
                "partial",
                "none",
                "leaves|none",
                "returns|");
        assertThat(septet.err())
                .contains("chats.jsonl", "The answers are kept. An empty line tries again")
                .doesNotContain("Exception", "unexpected error");
        PipelineSpec spec = compiled();
        assertThat(spec.train().method().getClass().getSimpleName()).isEqualTo("PartialSpec");
        assertThat(spec.deploy()).isNull();
    }

    /** The administrator of a machine may read every file, so this is for other users. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void dataThatBecomesUnreadableBetweenTwoQuestionsIsNamed() throws IOException {
        Path data = chats();
        copy(BASE, root.resolve("shop/model"));
        permit(data, "---------");
        assumeFalse(Files.isReadable(data));
        permit(data, "rw-------");
        String base = root.resolve("shop/model").toString();
        dialogue(
                Map.of(
                        "closed|" + base,
                        () -> permit(data, "---------"),
                        "open|" + base,
                        () -> permit(data, "rw-------"),
                        "closed|",
                        () -> permit(data, "---------"),
                        "open|",
                        () -> permit(data, "rw-------")),
                data.toString(),
                "closed|" + base,
                "open|" + base,
                "",
                "",
                "closed|",
                "open|");
        assertThat(septet.err())
                .contains("check its permissions", "The answers are kept")
                .doesNotContain("unexpected error");
    }

    private static void permit(Path file, String permissions) {
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Address 0 of a process cannot be read, not even by the administrator. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void bytesThatCannotBeReadAreAPlainProblem() throws IOException {
        Path process = Path.of("/proc", String.valueOf(ProcessHandle.current().pid()));
        Files.createSymbolicLink(root.resolve("shop/rows.jsonl"), process.resolve("mem"));
        assertThatThrownBy(() -> DataLook.of(root.resolve("shop"), "rows.jsonl", List.of(process), null))
                .isInstanceOf(CliProblem.class)
                .hasMessageContaining("the data file rows.jsonl cannot be read")
                .hasMessageContaining("try again");
    }

    private static void moved(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** 16,000 rows of 600 bytes, of which a sample is read: the first 100 rows of 320, 50 times. */
    private Path large(IntPredicate bad) throws IOException {
        String text = "x".repeat(500);
        return Files.writeString(
                root.resolve("shop/data/large.jsonl"),
                IntStream.range(0, 16_000)
                        .mapToObj(at -> bad.test(at)
                                ? "{\"prompt\": \"" + at + text + "\", \"completion\": 7, \"note\": \"no text\"}\n"
                                : "{\"prompt\": \"" + at + text + "\", \"completion\": \"b\", \"note\": \"a note\"}\n")
                        .collect(Collectors.joining()));
    }

    @Test
    void limitsFromASampleHaveRoomAndAreCalledEstimates() throws IOException {
        // 8 bad rows, of which the sample sees one: by it, about 3 of 16,000 are bad.
        Path data = large(at -> at == 1 || (at >= 200 && at < 207));
        assertThat(septet.run("init", root.resolve("shop"), "--data", data, "--base", "a/b", "--yes"))
                .as(septet.err())
                .isZero();
        assertThat(septet.out()).contains(", about ");
        assertThat(compiled().prepare().maxBadRows()).isGreaterThanOrEqualTo(8);
        assertThat(Files.readString(file()))
                .contains("An estimate, because ", "of the 16,000 rows were read: about 3 rows are bad")
                .contains("A run fails if it finds more of them than this limit");
        large(at -> at == 200);
        assertThat(septet.run("init", root.resolve("shop"), "--data", data, "--base", "a/b", "--yes", "--overwrite"))
                .isZero();
        assertThat(Files.readString(file())).contains("rows were read: no rows are bad");
        assertThat(compiled().prepare().maxBadRows()).isGreaterThanOrEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"400, 400, 3, 3", "16000, 5000, 0, 10", "16000, 5000, 3, 20", "16000, 5000, 160, 400", "9, 9, 0, 0"})
    void limitsOfBadRows(long rows, long read, long bad, int limit) {
        assertThat(new DataLook(
                                "d",
                                DatasetFormat.CHAT,
                                "",
                                rows,
                                read,
                                rows,
                                bad,
                                List.of(),
                                DataLook.Answers.EXACT,
                                new DatasetPreview.Tokens(1, 1, 1, 1, 1, 1),
                                0)
                        .badRowLimit())
                .isEqualTo(limit);
    }

    /** The lengths are not known while the base model is on the hub, and ordinary data has a long row. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"2000|maxTokens 512", "20000|the longest more than 16,384;"})
    void oneLongRowDoesNotEndTheFirstRun(int words, String written) throws IOException {
        Path data = chats();
        Files.writeString(
                data,
                "{\"messages\": [{\"role\": \"user\", \"content\": \"%s\"}, {\"role\": \"assistant\", \"content\": \"b\"}]}\n"
                        .formatted("a long question ".repeat(words)),
                StandardOpenOption.APPEND);
        assertThat(septet.run("init", root.resolve("shop"), "--data", data, "--base", "owner/model", "--yes"))
                .as(septet.err())
                .isZero();
        assertThat(Files.readString(file())).contains("Longer rows are left out", "maxTokens 1024, longer: drop");
        // What a run reads once it has the model.
        copy(BASE, root.resolve("shop/model"));
        Files.writeString(
                file(),
                Files.readString(file())
                        .replace("'owner/model'", "'model'")
                        .replace("maxTokens 1024", "maxTokens 512"));
        assertThat(septet.run("plan", file())).as(septet.err()).isZero();
        // The same base model on this machine: the row is longer than its context of 512 tokens.
        assertThat(septet.run(
                        "init",
                        root.resolve("shop"),
                        "--data",
                        data,
                        "--base",
                        root.resolve("shop/model"),
                        "--yes",
                        "--overwrite"))
                .as(septet.err())
                .isZero();
        assertThat(Files.readString(file())).contains(written).contains(", longer: drop");
        assertThat(septet.run("plan", file())).as(septet.err()).isZero();
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
