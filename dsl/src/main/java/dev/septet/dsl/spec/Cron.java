package dev.septet.dsl.spec;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Cron lines as Temporal reads them: what is wrong with one. */
final class Cron {
    private static final Set<String> NAMES =
            Set.of("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly");
    private static final List<String> MONTHS =
            List.of(
                    "", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV",
                    "DEC");
    private static final List<String> DAYS =
            List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
    private static final List<Field> FIELDS =
            List.of(
                    new Field("minute", 0, 59, List.of()),
                    new Field("hour", 0, 23, List.of()),
                    new Field("day of month", 1, 31, List.of()),
                    new Field("month", 1, 12, MONTHS),
                    new Field("day of week", 0, 7, DAYS));

    private Cron() {}

    /** A field's name and range; where it has names, a name's place in the list is its number. */
    private record Field(String name, int least, int most, List<String> names) {}

    /** Why Temporal would refuse the line; empty when it would not. */
    static String objection(String cron) {
        String line = cron.strip();
        if (line.startsWith("@")) {
            return NAMES.contains(line)
                    ? ""
                    : "cron: knows @yearly, @monthly, @weekly, @daily, @hourly, got '%s'"
                            .formatted(line);
        }
        String[] parts = line.split("\\s+", -1);
        if (parts.length != FIELDS.size()) {
            return ("cron: has five fields (minute, hour, day of month, month, day of week), but"
                            + " '%s' has %d")
                    .formatted(line, line.isEmpty() ? 0 : parts.length);
        }
        for (int i = 0; i < parts.length; i++) {
            for (String item : parts[i].split(",", -1)) {
                if (!fits(item, FIELDS.get(i))) {
                    return "cron: the %s takes %d to %d, *, ranges and steps, got '%s'"
                            .formatted(
                                    FIELDS.get(i).name(),
                                    FIELDS.get(i).least(),
                                    FIELDS.get(i).most(),
                                    parts[i]);
                }
            }
        }
        return "";
    }

    /** {@code 5}, {@code 1-5}, {@code *}, each perhaps with a step such as {@code /2}. */
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
