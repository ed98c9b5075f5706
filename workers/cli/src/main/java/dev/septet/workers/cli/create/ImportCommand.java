package dev.septet.workers.cli.create;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.text.PublicText;
import dev.septet.workers.cli.create.ImportReport.Status;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet import}. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Translate a configuration of Axolotl or LLaMA-Factory (YAML) into a pipeline file.",
            "",
            "Reports what became of every key: translated, translated with a difference, or not translated and why."
        })
public final class ImportCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "FILE", description = "The configuration (.yaml or .yml)")
    private Path config = Path.of("");

    @Option(
            names = "--from",
            paramLabel = "TOOL",
            description = "axolotl or llama-factory (default: recognized by the keys)")
    private @Nullable String from;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "The new pipeline file (default: ${DEFAULT-VALUE} in the current folder)")
    private Path output = Path.of("pipeline.groovy");

    @Option(names = "--name", paramLabel = "NAME", description = "The pipeline's name (default: the folder's name)")
    private @Nullable String name;

    @Option(names = "--overwrite", description = "Replace an output file that exists")
    private boolean overwrite;

    @Option(names = "--json", description = "Print the report as JSON")
    private boolean json;

    public ImportCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Path file = output.toAbsolutePath().normalize();
        NewFile.requireAbsent(file, overwrite);
        ConfigValue root = ConfigValue.read(config);
        ForeignTool tool = tool(root);
        Path home = Objects.requireNonNull(file.getParent());
        Path beside = Objects.requireNonNull(config.toAbsolutePath().normalize().getParent());
        ImportFiles files = new ImportFiles(home, beside);
        ImportReport report = new ImportReport();
        ImportedPipeline pipeline = new ImportedPipeline();
        ForeignConfig keys = new ForeignConfig(root, report);
        switch (tool) {
            case AXOLOTL -> new AxolotlImport(keys, pipeline, files).translate();
            case LLAMA_FACTORY -> new LlamaFactoryImport(keys, pipeline, files).translate();
        }
        requireComplete(pipeline, tool);
        String text = pipeline.text(
                name == null ? new NewPaths(home).name() : NewPaths.checkedName(name),
                PublicText.file(String.valueOf(config.getFileName())).toString());
        NewPipeline.check(file, text, files.outside(), true);
        NewFile.write(file, text, overwrite);
        print(tool, file, report, files);
        return ExitCode.OK;
    }

    private ForeignTool tool(ConfigValue root) {
        String given = from;
        if (given != null) {
            for (ForeignTool tool : ForeignTool.values()) {
                if (tool.title().equalsIgnoreCase(given)) {
                    return tool;
                }
            }
            throw new CliProblem(ExitCode.USAGE, "--from is axolotl or llama-factory, not '%s'".formatted(given));
        }
        Map<String, ConfigValue> keys = root.entries();
        boolean axolotl = keys.containsKey("base_model") || keys.containsKey("datasets");
        boolean llamaFactory = keys.containsKey("model_name_or_path") || keys.containsKey("finetuning_type");
        if (axolotl == llamaFactory) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    ("%s has neither `base_model` nor `model_name_or_path` alone, so its tool is not known; give --from"
                                    + " axolotl or --from llama-factory")
                            .formatted(PublicText.file(config.toString())));
        }
        return axolotl ? ForeignTool.AXOLOTL : ForeignTool.LLAMA_FACTORY;
    }

    private void requireComplete(ImportedPipeline pipeline, ForeignTool tool) {
        boolean axolotl = tool == ForeignTool.AXOLOTL;
        if (pipeline.modelOrNull() == null) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "%s names no base model; expected `%s: owner/name`"
                            .formatted(
                                    PublicText.file(config.toString()), axolotl ? "base_model" : "model_name_or_path"));
        }
        if (!pipeline.hasRows()) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "%s names no data to train on; expected `%s`"
                            .formatted(PublicText.file(config.toString()), axolotl ? "datasets:" : "dataset:"));
        }
    }

    private void print(ForeignTool tool, Path file, ImportReport report, ImportFiles files) {
        Terminal terminal = session.terminal();
        String options = NewPaths.dataOptions(files.outside());
        String shown = NewPaths.shellWord(NewPaths.short_(file));
        List<String> next = List.of("septet lint " + shown + options, "septet plan " + shown + options);
        if (json) {
            ObjectNode tree = SpecJson.mapper().createObjectNode();
            tree.put("from", tool.title()).put("file", file.toString());
            tree.set("keys", report.json());
            files.missing().forEach(tree.putArray("missing")::add);
            next.forEach(tree.putArray("next")::add);
            terminal.print(tree.toPrettyString());
            return;
        }
        report.lines().forEach(terminal::print);
        terminal.print("");
        terminal.print(String.format(
                Locale.ROOT,
                "%d keys translated, %d with a difference, %d not translated, %d not needed, %d unknown",
                report.count(Status.TRANSLATED),
                report.count(Status.CHANGED),
                report.count(Status.NOT_TRANSLATED),
                report.count(Status.NOT_NEEDED),
                report.count(Status.UNKNOWN)));
        for (String missing : files.missing()) {
            terminal.print(
                    "Missing  " + PublicText.file(missing) + ": put it there, or correct the path in the pipeline");
        }
        terminal.print("Wrote    " + PublicText.file(file.toString()));
        terminal.print("Next     " + next.get(0));
        terminal.print("         " + next.get(1));
    }
}
