package dev.septet.dsl.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Validates and parses cron expressions as Temporal does. */
final class Cron {
    private static final Map<String, String> NAMES = Map.of(
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *",
            "@monthly", "0 0 1 * *",
            "@weekly", "0 0 * * 0",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@hourly", "0 * * * *");
    private static final int SUNDAY_AS_SEVEN = 7;
    private static final List<String> MONTHS =
            List.of("", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
    private static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
    private static final List<Field> FIELDS = List.of(
            new Field("minute", 0, 59, List.of()),
            new Field("hour", 0, 23, List.of()),
            new Field("day of month", 1, 31, List.of()),
            new Field("month", 1, 12, MONTHS),
            new Field("day of week", 0, 7, DAYS));

    private Cron() {}

    /** A field's name and range. In a field with named values, a name's index in the list is its number. */
    private record Field(String name, int least, int most, List<String> names) {}

    /** Why Temporal would reject the line; empty when the line is valid. */
    static String objection(String cron) {
        String line = cron.strip();
        if (line.startsWith("@")) {
            return NAMES.containsKey(line)
                    ? ""
                    : "cron: takes five fields or @yearly, @monthly, @weekly, @daily, @hourly, got '%s'"
                            .formatted(line);
        }
        String[] parts = line.split("\\s+", -1);
        if (parts.length != FIELDS.size()) {
            return String.format(
                    Locale.ROOT,
                    "cron: has five fields (minute, hour, day of month, month, day of week), but" + " '%s' has %d",
                    line,
                    line.isEmpty() ? 0 : parts.length);
        }
        for (int i = 0; i < parts.length; i++) {
            for (String item : parts[i].split(",", -1)) {
                if (!fits(item, FIELDS.get(i))) {
                    return String.format(
                            Locale.ROOT,
                            "cron: the %s takes %d to %d, *, ranges and steps, got '%s'",
                            FIELDS.get(i).name(),
                            FIELDS.get(i).least(),
                            FIELDS.get(i).most(),
                            parts[i]);
                }
            }
        }
        return "";
    }

    /**
     * The numbers that each of the five fields of a valid line matches. As in Temporal, a start must match all five,
     * {@code 5/10} continues to the field's end, and Sunday is 0.
     */
    static List<List<CronRange>> ranges(String cron) {
        String[] parts = NAMES.getOrDefault(cron.strip(), cron).strip().split("\\s+", -1);
        List<List<CronRange>> ranges = new ArrayList<>();
        for (int i = 0; i < parts.length; i++) {
            List<CronRange> field = new ArrayList<>();
            for (String item : parts[i].split(",", -1)) {
                field.addAll(range(item, FIELDS.get(i)));
            }
            ranges.add(field);
        }
        return ranges;
    }

    private static List<CronRange> range(String item, Field field) {
        boolean days = field.most() == SUNDAY_AS_SEVEN;
        int max = days ? field.most() - 1 : field.most();
        String[] stepped = item.split("/", -1);
        String[] ends = stepped[0].split("-", -1);
        int step = stepped.length == 2 ? Integer.parseInt(stepped[1]) : 1;
        if (stepped[0].equals("*")) {
            return List.of(new CronRange(field.least(), max, step));
        }
        int first = number(ends[0], field);
        int open = stepped.length == 2 ? Math.max(first, max) : first;
        int last = ends.length == 2 ? number(ends[1], field) : open;
        if (days && last == SUNDAY_AS_SEVEN) {
            List<CronRange> each = new ArrayList<>();
            for (int day = first; day <= last; day += step) {
                each.add(new CronRange(day % last, day % last, 1));
            }
            return each;
        }
        return List.of(new CronRange(first, last, step));
    }

    /** Whether the item is {@code 5}, {@code 1-5} or {@code *}, with an optional step such as {@code /2}. */
    private static boolean fits(String item, Field field) {
        String[] step = item.split("/", -1);
        if (step.length > 2 || (step.length == 2 && !step[1].matches("[1-9][0-9]?"))) {
            return false;
        }
        if (step[0].equals("*")) {
            return true;
        }
        String[] ends = step[0].split("-", -1);
        int first = number(ends[0], field);
        int last = ends.length == 2 ? number(ends[1], field) : first;
        return ends.length <= 2 && first >= field.least() && last <= field.most() && first <= last;
    }

    private static int number(String text, Field field) {
        if (text.matches("[0-9]{1,2}")) {
            return Integer.parseInt(text);
        }
        int named = field.names().indexOf(text.toUpperCase(Locale.ROOT));
        return text.isEmpty() || named < 0 ? Integer.MIN_VALUE : named;
    }
}
