package dev.septet.workers.cli.schedule;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.ScheduleSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ParamOption;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.local.Connection;
import dev.septet.workers.schedule.DesiredSchedule;
import dev.septet.workers.schedule.NextStarts;
import dev.septet.workers.schedule.ScheduleProblem;
import dev.septet.workers.schedule.Schedules;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet schedule}. */
@Command(
        name = "schedule",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Show when the schedules of pipeline files start next; change nothing.",
            "",
            "The server tells the starts of a schedule that it has. Those of other schedules are computed as the server"
                    + " would. `septet apply` puts schedules on the server."
        })
public final class ScheduleCommand implements Callable<Integer> {
    private static final String MARGIN = "  ";

    private final Session session;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Pipeline files (.groovy)")
    private List<Path> paths = new ArrayList<>();

    @Mixin
    private ParamOption params = new ParamOption();

    @Option(names = "--json", description = "Print the starts as JSON")
    private boolean json;

    public ScheduleCommand(Session session) {
        this.session = session;
    }

    /**
     * The starts of a pipeline.
     *
     * @param file as the file declares them; null = no schedule
     * @param server as the server tells them; null = the server has no such schedule, or was not asked
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Starts(String pipeline, @Nullable NextStarts file, Schedules.@Nullable ServerStarts server) {}

    @Override
    public Integer call() throws IOException {
        Instant now = session.clock().instant();
        List<DesiredSchedule> desired = new ArrayList<>();
        for (PipelineSpec spec : ScheduleFiles.read(paths, params.values()).values()) {
            desired.add(new DesiredSchedule(spec.name(), spec.schedule(), new TreeMap<>(params.values())));
        }
        List<Starts> all = new ArrayList<>();
        String address = null;
        try (Connection connection = ServerConnector.any(session)) {
            address = connection.server().address();
            Schedules schedules = new Schedules(connection);
            for (DesiredSchedule one : desired) {
                all.add(new Starts(
                        one.pipeline(),
                        computed(one, now),
                        schedules.starts(one, now).orElse(null)));
            }
        } catch (CliProblem | ScheduleProblem unanswered) {
            if (unanswered instanceof CliProblem problem && problem.exitCode() != ExitCode.SERVER_UNREACHABLE) {
                throw problem;
            }
            session.terminal().note("The starts are computed from the files: " + unanswered.getMessage());
            all = desired.stream()
                    .map(one -> new Starts(one.pipeline(), computed(one, now), null))
                    .toList();
        }
        if (json) {
            ObjectNode tree = SpecJson.mapper().createObjectNode();
            tree.put("server", address);
            tree.set("schedules", SpecJson.mapper().valueToTree(all));
            session.terminal().print(tree.toPrettyString());
        } else {
            for (Starts one : all) {
                print(one, address);
            }
        }
        return ExitCode.OK;
    }

    private static @Nullable NextStarts computed(DesiredSchedule desired, Instant now) {
        ScheduleSpec spec = desired.spec();
        return spec == null ? null : NextStarts.computed(desired.pipeline(), spec, now);
    }

    private void print(Starts starts, @Nullable String address) {
        Terminal terminal = session.terminal();
        NextStarts file = starts.file();
        Schedules.ServerStarts server = starts.server();
        if (file == null) {
            terminal.print(starts.pipeline() + " has no schedule in its file");
            return;
        }
        if (server == null) {
            terminal.print("%s, as its file declares; %s"
                    .formatted(
                            starts.pipeline(),
                            address == null
                                    ? "no server was asked"
                                    : "the server has no such schedule yet, `septet apply` creates it"));
            StartsText.of(MARGIN, file).forEach(terminal::print);
            return;
        }
        terminal.print(starts.pipeline() + ", as the server " + address + " tells");
        StartsText.of(MARGIN, server.next()).forEach(terminal::print);
        if (server.paused()) {
            terminal.print(
                    "%spaused, so it starts nothing (%s). `temporal schedule toggle --unpause --schedule-id %s` resumes it."
                            .formatted(MARGIN, server.note() == null ? "no note" : server.note(), starts.pipeline()));
        }
        if (server.changed()) {
            terminal.print(MARGIN + "the file differs; `septet apply` changes the server's schedule to:");
            StartsText.of(MARGIN + MARGIN, file).forEach(terminal::print);
        }
    }
}
