package dev.septet.workers.cli.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.quota.Period;
import dev.septet.activities.quota.Quota;
import dev.septet.activities.quota.Team;
import dev.septet.activities.quota.Teams;
import dev.septet.activities.quota.UsageRecords;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.cli.screen.Grid;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet quota}. */
@Command(
        name = "quota",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Show what teams have used of their quotas.",
            "",
            "The operator declares teams and quotas in the section `teams` of the file that SEPTET_TRAINERS names. The use"
                    + " is in the store. A use of a team without a quota is shown for this month."
        })
public final class QuotaCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm VV", Locale.ENGLISH);

    private final Session session;

    @Parameters(
            arity = "0..1",
            paramLabel = "TEAM",
            description = "Only this team, with the use of each of its pipelines")
    private @Nullable String team;

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    public QuotaCommand(Session session) {
        this.session = session;
    }

    /**
     * The use of one quota.
     *
     * @param kind as the operator's file writes it
     * @param limit null = no quota
     * @param pipelines the use of each pipeline, if it was requested
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Line(
            String team,
            String kind,
            double used,
            @Nullable Double limit,
            String per,
            String begins,
            String ends,
            @Nullable Map<String, Double> pipelines) {}

    @Override
    public Integer call() throws IOException {
        session.checkSettings();
        Teams teams = Teams.of(session.environment());
        Map<String, Team> declared;
        try {
            declared = teams.all();
        } catch (StageProblem wrong) {
            throw new CliProblem(ExitCode.USAGE, String.valueOf(wrong.getMessage()));
        }
        UsageRecords records = new UsageRecords(session.existingStore());
        List<String> names = new ArrayList<>(declared.keySet());
        records.teams().stream().filter(name -> !names.contains(name)).forEach(names::add);
        if (team != null && !names.contains(team)) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "there is no team '%s'; %s"
                            .formatted(team, names.isEmpty() ? none(teams) : "there is " + String.join(", ", names)));
        }
        long now = System.currentTimeMillis();
        List<Line> lines = new ArrayList<>();
        for (String name : team == null ? names : List.of(team)) {
            lines.addAll(lines(records.reading(), teams.named(name), now));
        }
        print(teams, lines);
        return ExitCode.OK;
    }

    private static String none(Teams teams) {
        return teams.file() == null
                ? "no use is counted: declare `teams:` in the operator's file, and set %s to its path"
                        .formatted(Setting.TRAINERS.variable())
                : "no use is counted: declare `teams:` in " + teams.file();
    }

    private List<Line> lines(UsageRecords.Reading records, Team of, long now) throws IOException {
        List<Line> lines = new ArrayList<>();
        for (Quota quota : of.quotas()) {
            lines.add(line(records, of, quota, quota.limit(), now));
        }
        if (lines.isEmpty()) {
            for (Quota quota : Quota.unlimited(ZoneId.of("UTC"))) {
                Line line = line(records, of, quota, null, now);
                if (line.used() > 0) {
                    lines.add(line);
                }
            }
        }
        return lines;
    }

    private Line line(UsageRecords.Reading records, Team of, Quota quota, @Nullable Double limit, long now)
            throws IOException {
        Period.Span span = quota.per().around(now, quota.zone());
        return new Line(
                of.name(),
                quota.kind().word(),
                records.used(of.name(), quota, span, now),
                limit,
                quota.per().word(),
                TIME.format(Instant.ofEpochMilli(span.begin()).atZone(quota.zone())),
                TIME.format(Instant.ofEpochMilli(span.end()).atZone(quota.zone())),
                team == null ? null : records.byPipeline(of.name(), quota.kind(), span, now));
    }

    private void print(Teams teams, List<Line> lines) {
        Terminal terminal = session.terminal();
        if (json) {
            ArrayNode array = SpecJson.mapper().createArrayNode();
            lines.forEach(
                    line -> array.add(SpecJson.mapper().<com.fasterxml.jackson.databind.JsonNode>valueToTree(line)));
            terminal.print(array.toPrettyString());
            return;
        }
        if (lines.isEmpty()) {
            terminal.note(teams.all().isEmpty() ? none(teams) : "nothing was used yet, and there is no quota");
            return;
        }
        Grid grid = new Grid(terminal.screen(), "team", "of", "used", "quota", "per", "until").right(2, 3);
        for (Line line : lines) {
            Double limit = line.limit();
            grid.row(
                    line.team(),
                    line.kind(),
                    Quota.number(line.used()),
                    limit == null ? "none" : Quota.number(limit),
                    line.per(),
                    line.ends());
            Map<String, Double> pipelines = line.pipelines();
            if (pipelines != null) {
                pipelines.forEach((name, used) -> {
                    if (used > 0) {
                        grid.row("  " + name, "", Quota.number(used), "", "", "");
                    }
                });
            }
        }
        terminal.print(grid.text());
    }
}
