package dev.septet.activities.quota;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * What teams used, in the records {@code usage/TEAM/DAY/KEY} of the store: one record for each attempt of an activity, and for
 * each batch of requests. A day is one of UTC. The key names the attempt or the batch, so that writing it again counts once.
 */
public final class UsageRecords {
    /** Days that ended before this time get no more records: a job that ended on such a day counts on a later one. */
    private static final Duration CLOSED = TeamUse.LATE.plusDays(1);

    /**
     * The records of days that ended before this time stay as they are. An attempt writes the record of its slot again within
     * minutes after the end of the day, and that of a batch of requests when its answers are there; an attempt that cannot reach
     * the store for so long has lost its activity to another one.
     */
    private static final Duration SETTLED = Duration.ofDays(2);

    /** No period is longer. */
    private static final long LONGEST_DAYS = 31;

    /** Digits of a key whose records share a fence: there are 256 for each team. */
    private static final int SHARED = 2;

    private static final String ROOT = "usage/";
    private static final double HOUR = Duration.ofHours(1).toMillis();

    private final ArtifactStore store;
    private final Map<Day, List<Entry>> closed = new ConcurrentHashMap<>();
    private final Map<Day, Map<String, Entry>> settled = new ConcurrentHashMap<>();

    private record Day(String team, LocalDate date) {}

    public UsageRecords(ArtifactStore store) {
        this.store = store;
    }

    /** The records of what a run itself used. */
    RunUseRecords ofRun(String runId) {
        return new RunUseRecords(store, runId);
    }

    /**
     * One record.
     *
     * @param run who used it: the pipeline and the run's id, and the activity
     * @param from begin in milliseconds since 1970
     * @param until end of the use of a slot; equal to {@code from} for requests
     * @param tokens of requests and answers
     * @param cost of requests
     * @param gpus of a cluster's job; 0 = one slot
     */
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    public record Entry(
            String pipeline, String run, String activity, long from, long until, long tokens, double cost, int gpus) {
        /** The use of one slot, or of requests. */
        public Entry(String pipeline, String run, String activity, long from, long until, long tokens, double cost) {
            this(pipeline, run, activity, from, until, tokens, cost, 0);
        }

        private double amount(UsedKind kind, Period.Span span) {
            return switch (kind) {
                case GPU_HOURS ->
                    Math.max(1, gpus) * Math.max(0, Math.min(until, span.end()) - Math.max(from, span.begin())) / HOUR;
                case MONEY -> inside(span) ? cost : 0;
                case TOKENS -> inside(span) ? tokens : 0;
            };
        }

        private boolean inside(Period.Span span) {
            return from >= span.begin() && from < span.end();
        }

        private Entry between(long begin, long end) {
            return new Entry(pipeline, run, activity, begin, end, tokens, cost, gpus);
        }
    }

    /**
     * Writes or replaces a record. The use of a slot that crosses midnight becomes one record for each day.
     *
     * @param key names the attempt or the batch: letters, digits and {@code -}
     * @param written end of the same use when it was written before; days that ended by then stay as they are, unless the
     *     use ended earlier
     */
    public void put(String team, String key, Entry entry, long written) throws IOException {
        LocalDate last = day(Math.max(entry.until(), written));
        LocalDate first = day(entry.from());
        LocalDate changed = day(Math.min(entry.until(), Math.max(written, entry.from())));
        for (LocalDate day = changed.isBefore(first) ? first : changed; !day.isAfter(last); day = day.plusDays(1)) {
            long begin = Math.max(entry.from(), midnight(day));
            long end = Math.min(entry.until(), midnight(day.plusDays(1)));
            boolean nothing = end <= begin && !day.equals(first);
            if (!nothing || written > midnight(day)) {
                String text = SpecJson.mapper().writeValueAsString(entry.between(begin, Math.max(begin, end)));
                store.putRecord(name(team, day) + key, text, fence(team, key));
            }
        }
    }

    /** Whether a record with this key is there, on a day between two times in milliseconds since 1970. */
    boolean has(String team, String key, long from, long until) throws IOException {
        for (LocalDate day = day(from); !day.isAfter(day(until)); day = day.plusDays(1)) {
            if (store.record(name(team, day) + key).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Only one attempt writes a record, so that its fence stops nobody. In a bucket each fence is an object for a month, so that
     * many records share one.
     */
    private static Fence fence(String team, String key) {
        return new Fence(ROOT + team + "/" + key.substring(0, Math.min(SHARED, key.length())), 1);
    }

    /**
     * Begins to read: each record is read once at most until the end of the reading.
     *
     * @param progress receives one line before each record
     */
    public Reading reading(Consumer<String> progress) {
        return new Reading(progress);
    }

    /** Begins to read without telling how far it is. */
    public Reading reading() {
        return reading(progress -> {});
    }

    /** What was read for one question, or for one command. */
    public final class Reading {
        private final Consumer<String> progress;
        private final Map<Day, List<Entry>> read = new HashMap<>();

        private Reading(Consumer<String> progress) {
            this.progress = progress;
        }

        /**
         * What a team used in a period so far.
         *
         * @param now the present time; what is later was counted in advance
         */
        public double used(String team, Quota quota, Period.Span span, long now) throws IOException {
            double used = 0;
            Period.Span past = new Period.Span(span.begin(), Math.min(span.end(), Math.max(now, span.begin())));
            LocalDate last = day(span.end() - 1);
            for (LocalDate day = day(span.begin()); !day.isAfter(last); day = day.plusDays(1)) {
                if (midnight(day) > now) {
                    break;
                }
                for (Entry entry : of(new Day(team, day), now)) {
                    used += entry.amount(quota.kind(), quota.kind() == UsedKind.GPU_HOURS ? past : span);
                }
            }
            return used;
        }

        /** What each pipeline of a team used in a period, by name. */
        public Map<String, Double> byPipeline(String team, UsedKind kind, Period.Span span, long now)
                throws IOException {
            Map<String, Double> used = new TreeMap<>();
            for (LocalDate day = day(span.begin()); midnight(day) <= now; day = day.plusDays(1)) {
                for (Entry entry : of(new Day(team, day), now)) {
                    used.merge(entry.pipeline(), entry.amount(kind, span), Double::sum);
                }
            }
            return used;
        }

        private List<Entry> of(Day day, long now) throws IOException {
            List<Entry> known = read.get(day);
            if (known == null) {
                known = entries(day, now, progress);
                read.put(day, known);
            }
            return known;
        }
    }

    /** The teams that used anything, sorted. */
    public List<String> teams() throws IOException {
        return store.records(ROOT).stream()
                .map(name -> name.split("/", -1)[1])
                .distinct()
                .sorted()
                .toList();
    }

    /** A record of a settled day is read once by this process, also if it is read for a question that is never answered. */
    private List<Entry> entries(Day day, long now, Consumer<String> progress) throws IOException {
        List<Entry> known = closed.get(day);
        if (known != null) {
            return known;
        }
        long ended = midnight(day.date().plusDays(1));
        Map<String, Entry> cache = ended + SETTLED.toMillis() < now
                ? settled.computeIfAbsent(day, none -> new ConcurrentHashMap<>())
                : new HashMap<>();
        List<Entry> entries = new ArrayList<>();
        List<String> names = store.records(name(day.team(), day.date()));
        for (String record : names) {
            Entry entry = cache.get(record);
            if (entry == null) {
                progress.accept(String.format(
                        Locale.ROOT,
                        "reads what team %s used on %s: %,d of %,d records",
                        day.team(),
                        day.date(),
                        entries.size(),
                        names.size()));
                Optional<String> text = store.record(record);
                if (text.isEmpty()) {
                    continue;
                }
                entry = read(record, text.get());
                cache.put(record, entry);
            }
            entries.add(entry);
        }
        if (ended + CLOSED.toMillis() < now) {
            closed.put(day, List.copyOf(entries));
            settled.remove(day);
            LocalDate needed = day(now).minusDays(LONGEST_DAYS + 1);
            closed.keySet().removeIf(old -> old.date().isBefore(needed));
        }
        return entries;
    }

    private static Entry read(String name, String text) throws IOException {
        try {
            return SpecJson.mapper().readValue(text, Entry.class);
        } catch (JsonProcessingException damaged) {
            throw new IOException(
                    "the record %s is damaged; restore it from a backup, or delete it".formatted(name), damaged);
        }
    }

    /** A team comes from a pipeline file or a workflow, so that it must not name another place. */
    private static String name(String team, LocalDate day) {
        if (!team.matches(PipelineSpec.NAME_PATTERN)) {
            throw new IllegalArgumentException("not the name of a team: " + team);
        }
        return ROOT + team + "/" + day + "/";
    }

    private static LocalDate day(long millis) {
        return Instant.ofEpochMilli(millis).atZone(ZoneOffset.UTC).toLocalDate();
    }

    private static long midnight(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }
}
