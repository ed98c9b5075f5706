package dev.septet.workers.cli.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.record.StrictRecord;
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
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private static final Pattern PLACE = Pattern.compile("(.+):([0-9]{1,18})");
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{12,32}");
    private static final long LARGEST_ROW = 16 << 20;

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
        RowDigests digests = session.hasStore() ? RowDigests.in(session.store()).orElse(null) : null;
        if (digests == null) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "no row was traced in %s yet: run a pipeline first"
                            .formatted(session.state().store()));
        }
        RowMatches matches = null;
        RowQuery query;
        if (file != null && where.text() != null) {
            matches = where.matches(session, new PipelineArgument(file, params.values()), digests);
            query = RowQuery.of(matches.digests());
        } else {
            query = query(String.valueOf(row), digests);
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

    /** A row as a person names it. A file wins over a place and a digest. */
    private static RowQuery query(String text, RowDigests digests) throws IOException {
        Path path = path(text);
        if (path != null && Files.isRegularFile(path)) {
            if (Files.size(path) > LARGEST_ROW) {
                throw new CliProblem(
                        ExitCode.USAGE,
                        "%s is larger than a row may be (16 MB); name one row, such as %s:1".formatted(text, text));
            }
            try {
                return RowQuery.of(Set.of(digests.of(StrictRecord.object(Files.readAllBytes(path)))));
            } catch (RowProblem notARow) {
                throw new CliProblem(
                        ExitCode.USAGE,
                        "%s: %s; expected the JSON of one row, or a place such as %s:1"
                                .formatted(text, notARow.getMessage(), text));
            }
        }
        if (DIGEST.matcher(text).matches()) {
            return RowQuery.of(Set.of(text));
        }
        Matcher place = PLACE.matcher(text);
        if (place.matches()) {
            return new RowQuery(Set.of(), Set.of(new RowPlace(place.group(1), Long.parseLong(place.group(2)))));
        }
        throw new CliProblem(
                ExitCode.USAGE,
                "'%s' is no row: expected FILE:LINE, a digest of 12 to 32 hexadecimal digits, or a file with the row's JSON"
                        .formatted(text));
    }

    private static @Nullable Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException notAPath) {
            return null;
        }
    }

    private void print(@Nullable RowMatches matches, Trace trace) {
        Terminal terminal = session.terminal();
        if (matches != null) {
            terminal.print("Sources  %,d rows read, the expression is true for %,d"
                    .formatted(matches.read(), matches.rows().size()));
            if (matches.unfit() > 0) {
                terminal.note("the expression cannot be computed for %,d rows".formatted(matches.unfit()));
            }
        }
        TraceText.of(trace, terminal.screen()).forEach(terminal::print);
    }
}
