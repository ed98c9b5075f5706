package dev.septet.activities.retention;

import dev.septet.settings.Setting;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a garbage collection keeps beside what is needed: a version that is among the newest ones of its pipeline, and everything
 * that was used within a time.
 *
 * @param versions number of newest versions of each pipeline, at least 1
 * @param age time since the last use; at least {@link #MIN_AGE}
 */
public record RetentionPolicy(int versions, Duration age) {
    /**
     * Uses are recorded to the hour. So this time protects what a writer has just found in the store, before its run is known.
     */
    public static final Duration MIN_AGE = Duration.ofHours(2);

    /** The policy without a setting: 5 versions, 30 days. */
    public static final RetentionPolicy STANDARD = new RetentionPolicy(5, Duration.ofDays(30));

    private static final int MAX_VERSIONS = 10_000;
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,5}) versions?, ([0-9]{1,5}) ?(days?|hours?)");
    private static final Pattern AGE = Pattern.compile("([0-9]{1,5}) ?(days?|d|hours?|h)");

    public RetentionPolicy {
        if (versions < 1 || versions > MAX_VERSIONS) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "the number of versions must be from 1 to %d, got %d", MAX_VERSIONS, versions));
        }
        if (age.compareTo(MIN_AGE) < 0) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "the age must be at least %d hours, because uses are recorded to the hour; got %d minutes",
                    MIN_AGE.toHours(),
                    age.toMinutes()));
        }
    }

    /**
     * The policy of the environment.
     *
     * @throws IllegalArgumentException with a message for users when the value is invalid
     */
    public static RetentionPolicy of(Map<String, String> environment) {
        String text = Setting.KEEP.text(environment);
        if (text.isEmpty()) {
            return STANDARD;
        }
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalStateException("the setting accepts no such text: " + text);
        }
        return new RetentionPolicy(Integer.parseInt(matcher.group(1)), duration(matcher.group(2), matcher.group(3)));
    }

    /**
     * An age, such as {@code 30d}, {@code 30 days} or {@code 12h}.
     *
     * @throws IllegalArgumentException with a message for users
     */
    public static Duration age(String text) {
        Matcher matcher = AGE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("an age is like 30d or 12h, got '%s'".formatted(text));
        }
        return duration(matcher.group(1), matcher.group(2));
    }

    private static Duration duration(String number, String unit) {
        long count = Long.parseLong(number);
        return unit.startsWith("d") ? Duration.ofDays(count) : Duration.ofHours(count);
    }

    @Override
    public String toString() {
        boolean days = age.toHours() % 24 == 0;
        return String.format(
                Locale.ROOT,
                "%d %s, %d %s",
                versions,
                versions == 1 ? "version" : "versions",
                days ? age.toDays() : age.toHours(),
                days ? "days" : "hours");
    }
}
