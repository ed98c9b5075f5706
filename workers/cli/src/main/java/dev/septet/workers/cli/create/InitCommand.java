package dev.septet.workers.cli.create;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.resource.HostMemory;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.text.PublicText;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.CliTexts;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.cli.serve.TypedLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet init}. */
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Write a first pipeline file for a data file: ask at the terminal, or take the answers as options.",
            "",
            "Reads the data file and, if it is on this machine, the base model. Starts nothing. Ctrl-C writes nothing."
        })
public final class InitCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(
            arity = "0..1",
            paramLabel = "FOLDER",
            description = "The folder of the new pipeline.groovy (default: the current folder)")
    private Path folder = Path.of("");

    @Option(names = "--data", paramLabel = "FILE", description = "The data file: .jsonl, .json, .csv or .parquet")
    private @Nullable String givenData;

    @Option(
            names = "--base",
            paramLabel = "MODEL",
            description = "The base model: a folder, a .gguf file, or owner/name of the Hugging Face hub")
    private @Nullable String givenBase;

    @Option(names = "--method", paramLabel = "METHOD", description = "lora, dora, qlora, partial or full")
    private @Nullable String givenMethod;

    @Option(
            names = "--gate",
            paramLabel = "GATE",
            description = "What a model must reach: baseline, a metric with a bound such as exactMatch:0.9, or none")
    private @Nullable String givenGate;

    @Option(
            names = "--target",
            paramLabel = "TARGET",
            description = "Where the model is published: directory, http, ollama, vllm, llamacpp or none")
    private @Nullable String givenTarget;

    @Option(names = "--name", paramLabel = "NAME", description = "The pipeline's name (default: the folder's name)")
    private @Nullable String givenName;

    @Option(
            names = {"-y", "--yes"},
            description = "Ask nothing: take the default of every answer that is not given")
    private boolean yes;

    @Option(names = "--overwrite", description = "Replace a pipeline.groovy that exists")
    private boolean overwrite;

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    private List<Path> outsideOfData = List.of();
    private List<Path> outsideOfBase = List.of();
    private @Nullable DataLook data;
    private @Nullable BaseLook base;
    private String method = "";
    private String gate = "";
    private String target = "";

    public InitCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        boolean asks = !yes && session.terminal().interactive();
        if (!asks && !yes && (givenData == null || givenBase == null || givenMethod == null)) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "there is no terminal to ask at; give --data FILE, --base MODEL and --yes, which takes the defaults"
                            + " of all other answers");
        }
        if (!asks) {
            return create(null);
        }
        try (TypedLines lines = TypedLines.open()) {
            return create(lines::line);
        }
    }

    /**
     * Writes the file by the answers.
     *
     * @param lines the user's lines; null to take the defaults of all answers that are not given
     */
    int create(InitQuestions.@Nullable Lines lines) throws IOException {
        Path home = folder.toAbsolutePath().normalize();
        Path file = home.resolve("pipeline.groovy");
        NewFile.requireAbsent(file, overwrite);
        NewPaths paths = new NewPaths(home);
        String name = givenName == null ? paths.name() : NewPaths.checkedName(givenName);
        InitQuestions questions = questions(paths);
        if (lines == null) {
            questions.takeDefaults();
            requireUsable(file, answers(name));
        } else {
            questions.at(session.terminal(), lines, () -> requireUsable(file, answers(name)));
        }
        InitAnswers answers = answers(name);
        NewFile.write(file, new InitText(answers).text(), overwrite);
        print(file, answers);
        return ExitCode.OK;
    }

    private InitAnswers answers(String name) {
        return new InitAnswers(name, Objects.requireNonNull(data), Objects.requireNonNull(base), method, gate, target);
    }

    /** Requires that the answers make a valid pipeline, whose data its first stage accepts. */
    private void requireUsable(Path file, InitAnswers answers) {
        String text = new InitText(answers).text();
        PipelineSpec spec =
                NewPipeline.check(file, text, outside(), false).spec().orElseThrow();
        answers.data().requirePrepared(Objects.requireNonNull(file.getParent()), spec, outside());
    }

    /** Folders that a worker must be allowed to read. */
    private List<Path> outside() {
        return Stream.concat(outsideOfData.stream(), outsideOfBase.stream())
                .distinct()
                .toList();
    }

    /** The questions; those whose answers are given as options are not asked. */
    private InitQuestions questions(NewPaths paths) {
        InitQuestions questions = new InitQuestions();
        questions.ask(
                givenData,
                () -> "Which file has the data? A .jsonl, .json, .csv or .parquet file.",
                paths::likelyData,
                answer -> data(paths, answer));
        questions.ask(
                givenBase,
                () -> "Which base model? A folder, a .gguf file, or owner/name of the Hugging Face hub.%s"
                        .formatted(shown(data)),
                paths::likelyBase,
                answer -> base(paths, answer));
        questions.ask(
                givenMethod,
                () -> "Which method? lora and dora train a small adapter, qlora the same on a base model in 4 bits,\n"
                        + "partial the last layers, full all weights. " + memory(),
                () -> base == null ? "lora" : base.method(),
                answer -> method = oneOf("method", InitAnswers.METHODS, answer));
        questions.ask(
                givenGate,
                () -> "Which gate? `baseline`: better than the base model. Or a metric with your bound, or none:\n"
                        + String.join(", ", InitAnswers.gates(answersOfData())),
                () -> data == null ? "baseline" : InitAnswers.standardGate(data),
                answer -> gate = InitAnswers.gate(answer, Objects.requireNonNull(data)));
        questions.ask(
                givenTarget,
                () -> "Where is the model published? %s.".formatted(String.join(", ", InitAnswers.TARGETS)),
                () -> "directory",
                answer -> target = oneOf("target", InitAnswers.TARGETS, answer));
        return questions;
    }

    private void data(NewPaths paths, String answer) {
        if (answer.isEmpty()) {
            throw new CliProblem(ExitCode.USAGE, "a data file is required, such as --data data/chats.jsonl");
        }
        paths.requireData(answer);
        List<Path> readable = paths.outside(answer);
        DataLook look = DataLook.of(paths.home(), paths.written(answer), readable, null);
        if (look.usable() < 1 || look.bad() * 2 > look.rows()) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    String.format(
                            Locale.ROOT,
                            "%s: %s of %,d rows are bad, such as %s. Correct the rows, or write `columns` and"
                                    + " `format:` yourself (`septet words dataset`)",
                            PublicText.file(answer),
                            look.badText(),
                            look.rows(),
                            look.firstBad().isEmpty() ? "none" : look.firstBad().get(0)));
        }
        data = look;
        outsideOfData = readable;
    }

    private void base(NewPaths paths, String answer) {
        if (answer.isEmpty()) {
            throw new CliProblem(ExitCode.USAGE, "a base model is required, such as --base models/base");
        }
        BaseLook found = BaseLook.of(paths.writtenModel(answer), paths.resolved(answer));
        if (found.folder() != null) {
            // Now the lengths in tokens are known too.
            data = DataLook.of(paths.home(), Objects.requireNonNull(data).path(), outsideOfData, found.folder());
        }
        base = found;
        outsideOfBase = paths.outsideModel(answer);
    }

    private DataLook.Answers answersOfData() {
        return data == null ? DataLook.Answers.EXACT : data.answers();
    }

    private String memory() {
        String parameters = base == null || base.parameters() == 0
                ? ""
                : String.format(Locale.ROOT, "; the base model has %.1f million parameters", base.parameters() / 1e6);
        return "This machine has " + CliTexts.bytes(HostMemory.available()) + " of free memory" + parameters + ".";
    }

    private static String shown(@Nullable DataLook look) {
        return look == null
                ? ""
                : String.format(
                        Locale.ROOT,
                        "\n(The data: %,d rows, format %s, %s bad.)",
                        look.rows(),
                        look.formatWord(),
                        look.badText());
    }

    private static String oneOf(String what, List<String> known, String answer) {
        return known.stream()
                .filter(answer::equalsIgnoreCase)
                .findFirst()
                .orElseThrow(() -> new CliProblem(
                        ExitCode.USAGE,
                        "the %s '%s' is not known; expected %s".formatted(what, answer, String.join(", ", known))));
    }

    private void print(Path file, InitAnswers answers) {
        Terminal terminal = session.terminal();
        String options = NewPaths.dataOptions(outside());
        String shown = NewPaths.shellWord(NewPaths.short_(file));
        List<String> next = List.of("septet plan " + shown + options, "septet run " + shown + options);
        String remark = answers.base().memoryRemark(answers.method());
        if (json) {
            terminal.print(tree(file, answers, next, remark).toPrettyString());
            return;
        }
        DataLook look = answers.data();
        terminal.print(String.format(
                Locale.ROOT,
                "Data     %s: %,d rows, %s, format %s%s",
                PublicText.file(look.path()),
                look.rows(),
                look.layout(),
                look.formatWord(),
                look.bad() == 0 ? "" : ", " + look.badText() + " bad"));
        if (!remark.isEmpty()) {
            terminal.print("Memory   method " + answers.method() + ": " + remark);
        }
        terminal.print("Wrote    " + PublicText.file(file.toString()));
        terminal.print("Next     " + next.get(0));
        terminal.print("         " + next.get(1));
    }

    private ObjectNode tree(Path file, InitAnswers answers, List<String> next, String remark) {
        ObjectNode tree = SpecJson.mapper().createObjectNode();
        tree.put("file", file.toString()).put("pipeline", answers.name());
        DataLook look = answers.data();
        ObjectNode read = tree.putObject("data");
        read.put("path", look.path()).put("format", look.formatWord()).put("layout", look.layout());
        read.put("rows", look.rows()).put("bad", look.bad()).put("whole", look.whole());
        if (look.tokens() != null) {
            read.put("longestRow", look.tokens().longest());
        }
        tree.put("base", answers.base().written());
        if (answers.base().parameters() > 0) {
            tree.put("parameters", answers.base().parameters());
        }
        tree.put("method", answers.method()).put("gate", answers.gate()).put("target", answers.target());
        tree.put("availableMemory", HostMemory.available());
        if (!remark.isEmpty()) {
            tree.put("remark", remark);
        }
        next.forEach(tree.putArray("next")::add);
        return tree;
    }
}
