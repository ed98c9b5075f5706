package dev.septet.workers.cli.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.lineage.RowDigests;
import dev.septet.activities.lineage.RowMatches;
import dev.septet.activities.lineage.RowQuery;
import dev.septet.activities.lineage.Trace;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ParamOption;
import dev.septet.workers.cli.option.PipelineArgument;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet data trace}. */
@Command(
        name = "trace",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Show which datasets, models and deployed versions saw a row.",
            "",
            "It reads the store only, so it needs no server and no workers. The exit code is 5 if no dataset has the"
                    + " row."
        })
final class DataTraceCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(
            paramLabel = "ROW",
            arity = "0..1",
            description =
                    "A row: FILE:LINE as the pipeline names the file, a digest that this command printed, or a file"
                            + " with the row's JSON")
    private @Nullable String row;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "The pipeline file (.groovy) whose sources --where reads")
    private @Nullable Path file;

    @Mixin
    private WhereOption where = new WhereOption();

    @Mixin
    private ParamOption params = new ParamOption();

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    DataTraceCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        if ((row == null) == (where.text() == null) || (where.text() != null && file == null)) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "name a ROW, or the rows of a pipeline's sources with: septet data trace --file FILE --where EXPR");
        }
        session.checkSettings();
        RowDigests digests = RowArgument.digests(session);
        RowMatches matches = null;
        RowQuery query;
        if (file != null && where.text() != null) {
            matches = where.matches(session, new PipelineArgument(file, params.values()), digests);
            query = RowQuery.of(matches.digests(), Set.copyOf(matches.contents().values()));
        } else {
            query = RowArgument.query(String.valueOf(row), digests);
        }
        Trace trace = Trace.of(session.store(), session.environment(), query);
        if (json) {
            ObjectNode node = SpecJson.mapper().createObjectNode();
            if (matches != null) {
                node.set("sources", SpecJson.mapper().valueToTree(matches));
            }
            node.set("trace", SpecJson.mapper().valueToTree(trace));
            session.terminal().print(node.toPrettyString());
        } else {
            print(matches, trace);
        }
        return trace.isEmpty() ? ExitCode.NOT_FOUND : ExitCode.OK;
    }

    private void print(@Nullable RowMatches matches, Trace trace) {
        Terminal terminal = session.terminal();
        if (matches != null) {
            terminal.print(String.format(
                    Locale.ROOT,
                    "Sources  %,d rows read, the expression is true for %,d",
                    matches.read(),
                    matches.rows().size()));
            if (matches.unfit() > 0) {
                terminal.note(
                        String.format(Locale.ROOT, "the expression cannot be computed for %,d rows", matches.unfit()));
            }
        }
        TraceText.of(trace, terminal.screen()).forEach(terminal::print);
    }
}
