package dev.septet.workers.cli.ui.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workers.cli.run.LiveActivity;
import dev.septet.workers.cli.run.RunRow;
import dev.septet.workers.schedule.Schedules;
import dev.septet.workflows.artifact.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One page of the list of pipelines.
 *
 * @param search the text that names must contain; empty for all
 * @param show the selection
 * @param counts the number of pipelines in each selection
 * @param page number of the page, from 1
 * @param pages number of pages
 * @param matches number of pipelines on all pages
 */
public record Overview(
        String search, Show show, Map<Show, Integer> counts, List<Row> rows, int page, int pages, int matches) {
    static final int ROWS = 25;

    /** From this confidence on, a monitor's last check suggests drift. */
    static final double SUSPICIOUS = 0.95;

    public Overview {
        rows = List.copyOf(rows);
    }

    /** What a monitor says about a suspicious check. */
    public enum Alarm {
        CONFIRMED,
        SUSPECTED,
        NOT_CONFIRMED,
        UNKNOWN
    }

    /** Selections of pipelines. */
    public enum Show {
        ALL("All"),
        RUNNING("Running"),
        WAITING("Waiting for approval"),
        DRIFT("Drift"),
        FAILED("Last run failed");

        private final String title;

        Show(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The selection of a word; all pipelines for any other word. */
        public static Show of(@Nullable String word) {
            for (Show show : values()) {
                if (show.word().equals(word)) {
                    return show;
                }
            }
            return ALL;
        }
    }

    /**
     * A pipeline.
     *
     * @param state state of its newest run; null when it has none
     * @param stage stage of that run
     * @param started start of that run, ISO-8601
     * @param verdict the gate's verdict on the newest evaluated run
     * @param metric the first metric of the newest version, and its value
     * @param live first digits of the published version; null when nothing is published
     * @param targets where it is published
     * @param drift confidence of the monitor's last check that something drifted, from 0 to 1
     * @param alarm what the monitor says about a suspicious check; null for other checks
     * @param monitored whether a monitor is open
     * @param next next scheduled start, ISO-8601
     * @param pause why the schedule is paused; null when it is not
     * @param activities what the open run does now
     * @param asks whether a run waits for an approval
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Row(
            String pipeline,
            @Nullable String state,
            @Nullable String stage,
            @Nullable String started,
            @Nullable Verdict verdict,
            @Nullable String metric,
            @Nullable Double score,
            @Nullable String live,
            List<String> targets,
            @Nullable Double drift,
            @Nullable Alarm alarm,
            boolean monitored,
            @Nullable String next,
            @Nullable String pause,
            List<LiveActivity> activities,
            boolean asks) {
        public Row {
            targets = List.copyOf(targets);
            activities = List.copyOf(activities);
        }
    }

    /**
     * What the list needs of one pipeline beside the lists of all.
     *
     * @param activities what its open run does now
     * @param alarm what its monitor says, asked only when its last check was suspicious
     */
    record Details(StoreFacts.Stored stored, List<LiveActivity> activities, Alarm alarm) {
        static final Details NOTHING = new Details(StoreFacts.Stored.NOTHING, List.of(), Alarm.UNKNOWN);
    }

    /**
     * Makes a page.
     *
     * @param details reads what is known of the pipelines that are shown, in their order
     */
    static Overview of(
            ServerFacts server,
            StoreFacts store,
            String search,
            Show show,
            int page,
            Function<List<String>, List<Details>> details) {
        Map<Show, Set<String>> selections =
                selections(server, store, search.strip().toLowerCase(Locale.ROOT));
        List<String> names = List.copyOf(Objects.requireNonNull(selections.get(show)));
        Slice slice = Slice.of(names, page);
        List<Details> known = details.apply(slice.names());
        List<Row> rows = new ArrayList<>();
        for (int at = 0; at < slice.names().size(); at++) {
            rows.add(row(server, slice.names().get(at), known.get(at)));
        }
        Map<Show, Integer> counts = new EnumMap<>(Show.class);
        selections.forEach((each, some) -> counts.put(each, some.size()));
        return new Overview(search, show, counts, rows, slice.page(), slice.pages(), names.size());
    }

    /**
     * The names on one page of a list.
     *
     * @param page number of the page, from 1; the last one for a number that is too large
     */
    record Slice(List<String> names, int page, int pages) {
        static Slice of(List<String> all, int page) {
            int pages = Math.max(1, (all.size() + ROWS - 1) / ROWS);
            int shown = Math.max(1, Math.min(page, pages));
            return new Slice(all.subList((shown - 1) * ROWS, Math.min(all.size(), shown * ROWS)), shown, pages);
        }
    }

    private static Map<Show, Set<String>> selections(ServerFacts server, StoreFacts store, String search) {
        TreeSet<String> all = store.names();
        all.addAll(server.newest().keySet());
        all.addAll(server.monitors().keySet());
        all.addAll(server.schedules().keySet());
        Set<String> running = new HashSet<>();
        server.open().forEach(run -> running.add(ServerFacts.pipeline(run, "")));
        all.addAll(running);
        Set<String> asking = new HashSet<>();
        server.questions().forEach(question -> asking.add(question.pipeline()));
        all.removeIf(name -> !name.toLowerCase(Locale.ROOT).contains(search));
        Map<Show, Set<String>> selections = new EnumMap<>(Show.class);
        for (Show show : Show.values()) {
            Set<String> some = new TreeSet<>(all);
            some.removeIf(name -> switch (show) {
                case ALL -> false;
                case RUNNING -> !running.contains(name);
                case WAITING -> !asking.contains(name);
                case DRIFT -> !(drift(server, name) >= SUSPICIOUS);
                case FAILED -> !failed(server.newest().get(name));
            });
            selections.put(show, some);
        }
        return selections;
    }

    private static double drift(ServerFacts server, String pipeline) {
        RunRow monitor = server.monitors().get(pipeline);
        Double drift = monitor == null ? null : monitor.drift();
        return drift == null ? 0 : drift;
    }

    private static boolean failed(@Nullable RunRow run) {
        return run != null && Set.of("failed", "timed out", "terminated").contains(run.state());
    }

    private static Row row(ServerFacts server, String pipeline, Details details) {
        List<RunRow> open = server.open(pipeline);
        RunRow run = open.isEmpty() ? server.newest().get(pipeline) : open.get(0);
        RunRow monitor = server.monitors().get(pipeline);
        Schedules.Listed schedule = server.schedules().get(pipeline);
        Instant next = schedule == null ? null : schedule.next();
        var stored = details.stored();
        var version = stored.version();
        var main = version == null || version.scores().isEmpty()
                ? null
                : version.scores().get(0);
        String live = stored.live();
        return new Row(
                pipeline,
                run == null ? null : run.state(),
                run == null ? null : run.stage(),
                run == null ? null : run.started(),
                version == null ? verdict(run) : version.verdict(),
                main == null ? null : main.metric(),
                main == null ? null : (Double) main.after(),
                live == null ? null : ApprovalQuestion.digits(live),
                stored.targets(),
                monitor == null ? null : monitor.drift(),
                drift(server, pipeline) >= SUSPICIOUS ? details.alarm() : null,
                monitor != null,
                next == null ? null : next.toString(),
                schedule == null || !schedule.paused() ? null : schedule.note().isEmpty() ? "paused" : schedule.note(),
                details.activities(),
                server.questions().stream()
                        .anyMatch(question -> question.pipeline().equals(pipeline)));
    }

    private static @Nullable Verdict verdict(@Nullable RunRow run) {
        String word = run == null ? null : run.gate();
        for (Verdict verdict : Verdict.values()) {
            if (verdict.name().equals(word)) {
                return verdict;
            }
        }
        return null;
    }
}
