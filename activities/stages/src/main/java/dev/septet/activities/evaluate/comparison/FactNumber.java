package dev.septet.activities.evaluate.comparison;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the number of a fact: plain, with commas, in bytes such as {@code 12.3 MB}, or a time such as {@code 1:02:03}. */
final class FactNumber {
    private static final List<String> BYTES = List.of("B", "kB", "MB", "GB", "TB");
    private static final Pattern NUMBER =
            Pattern.compile("(-?\\d[\\d,]{0,30}(?:\\.\\d{1,20})?(?:[eE]-?\\d{1,3})?)( [kMGT]?B)?");
    private static final Pattern TIME = Pattern.compile("(\\d{1,9}):([0-5]\\d):([0-5]\\d)");

    private FactNumber() {}

    /** The number; NaN when the text is none. */
    static double of(@Nullable String text) {
        if (text == null) {
            return Double.NaN;
        }
        Matcher time = TIME.matcher(text);
        if (time.matches()) {
            return 3600.0 * Integer.parseInt(time.group(1))
                    + 60.0 * Integer.parseInt(time.group(2))
                    + Integer.parseInt(time.group(3));
        }
        Matcher number = NUMBER.matcher(text);
        if (!number.matches()) {
            return Double.NaN;
        }
        double value = Double.parseDouble(number.group(1).replace(",", ""));
        String unit = number.group(2);
        double scaled = unit == null ? value : value * Math.pow(1000, BYTES.indexOf(unit.strip()));
        return Double.isFinite(scaled) ? scaled : Double.NaN;
    }
}
