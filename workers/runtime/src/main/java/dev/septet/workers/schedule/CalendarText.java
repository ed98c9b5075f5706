package dev.septet.workers.schedule;

import io.temporal.client.schedules.ScheduleCalendarSpec;
import io.temporal.client.schedules.ScheduleRange;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes schedule calendars as cron expressions. Calendars with the same times give the same line. */
final class CalendarText {
    private CalendarText() {}

    static String of(ScheduleCalendarSpec calendar) {
        String line = String.join(
                " ",
                field(calendar.getMinutes(), 0, 59),
                field(calendar.getHour(), 0, 23),
                field(calendar.getDayOfMonth(), 1, 31),
                field(calendar.getMonth(), 1, 12),
                field(calendar.getDayOfWeek(), 0, 6));
        String seconds = field(calendar.getSeconds(), 0, 59);
        String years = calendar.getYear().isEmpty() ? "" : " in " + years(calendar.getYear());
        return (seconds.equals("0") ? line : line + " at second " + seconds) + years;
    }

    /**
     * One cron field. The text depends only on the set of numbers: {@code 5,6,0} and {@code 0,5-6}
     * give the same text.
     */
    private static String field(List<ScheduleRange> ranges, int min, int max) {
        TreeSet<Integer> numbers = new TreeSet<>();
        for (ScheduleRange range : ranges) {
            int last = Math.max(range.getStart(), range.getEnd());
            for (int at = range.getStart(); at <= last; at += Math.max(1, range.getStep())) {
                numbers.add(at);
            }
        }
        if (numbers.isEmpty()) {
            return Integer.toString(min);
        }
        if (numbers.size() == max - min + 1) {
            return "*";
        }
        List<Integer> row = List.copyOf(numbers);
        int step = row.size() > 2 ? row.get(1) - row.get(0) : 1;
        boolean even = step > 1 && row.get(row.size() - 1) - row.get(0) == step * (row.size() - 1) && steps(row, step);
        if (!even) {
            return runs(row);
        }
        boolean whole = row.get(0) == min && row.get(row.size() - 1) + step > max;
        return (whole ? "*" : row.get(0) + "-" + row.get(row.size() - 1)) + "/" + step;
    }

    private static boolean steps(List<Integer> row, int step) {
        return IntStream.range(1, row.size()).allMatch(at -> row.get(at) - row.get(at - 1) == step);
    }

    private static String runs(List<Integer> row) {
        List<String> runs = new ArrayList<>();
        int first = 0;
        for (int at = 1; at <= row.size(); at++) {
            if (at == row.size() || row.get(at) != row.get(at - 1) + 1) {
                int last = at - 1;
                runs.add(first == last ? "" + row.get(first) : row.get(first) + "-" + row.get(last));
                first = at;
            }
        }
        return String.join(",", runs);
    }

    /** The years as the ranges give them: there are too many years to list as a set. */
    private static String years(List<ScheduleRange> ranges) {
        return ranges.stream()
                .map(range -> range.getStart() + "-" + range.getEnd() + "/" + range.getStep())
                .collect(Collectors.joining(","));
    }
}
