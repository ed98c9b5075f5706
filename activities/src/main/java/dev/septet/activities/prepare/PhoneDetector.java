package dev.septet.activities.prepare;

import com.google.i18n.phonenumbers.PhoneNumberMatch;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.Leniency;

import dev.septet.dsl.spec.RedactSpec.Kind;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Phone numbers: any valid number in international form; in national form those of some regions,
 * where they are grouped as people write them there (bare digits are as often an order number).
 */
final class PhoneDetector implements Detector {
    private static final int FEWEST_DIGITS = 7;
    private static final String ANY_REGION = "ZZ";
    private static final List<String> ALWAYS = List.of("US");

    /** Where a number in national form begins with 0; looked for only where one does. */
    private static final List<String> WITH_ZERO =
            List.of("GB", "DE", "FR", "IT", "AT", "CH", "NL", "BE", "SE");

    private static final List<String> WITHOUT_ZERO = List.of("ES", "PL", "IT");

    private static final Pattern ZERO = Pattern.compile("(?<![\\d.,])\\(?0[\\d ()/.-]{6,}\\d");
    private static final Pattern GROUPS =
            Pattern.compile(
                    "(?<![\\d.,])[3-9]\\d{1,2}([ -])(?:\\d{3}\\1\\d{3,4}|\\d{2,3}\\1\\d{2}\\1\\d{2})"
                            + "(?!\\d)");

    private final PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();
    private final List<String> always;

    /**
     * @param regions whose numbers in national form are looked for in every text, beside ours
     */
    PhoneDetector(List<String> regions) {
        always = Stream.concat(ALWAYS.stream(), regions.stream()).distinct().toList();
    }

    @Override
    public List<Span> find(String text) {
        if (text.chars().filter(Character::isDigit).count() < FEWEST_DIGITS) {
            return List.of();
        }
        List<Span> spans = new ArrayList<>();
        add(spans, numbers.findNumbers(text, ANY_REGION, Leniency.VALID, Long.MAX_VALUE));
        national(text, always, spans);
        if (ZERO.matcher(text).find()) {
            national(text, WITH_ZERO, spans);
        }
        if (GROUPS.matcher(text).find()) {
            national(text, WITHOUT_ZERO, spans);
        }
        return spans;
    }

    private void national(String text, List<String> regions, List<Span> spans) {
        for (String region : regions) {
            for (PhoneNumberMatch match :
                    numbers.findNumbers(text, region, Leniency.STRICT_GROUPING, Long.MAX_VALUE)) {
                if (!match.rawString().chars().allMatch(Character::isDigit)) {
                    add(spans, List.of(match));
                }
            }
        }
    }

    private static void add(List<Span> spans, Iterable<PhoneNumberMatch> matches) {
        for (PhoneNumberMatch match : matches) {
            Span span = new Span(Kind.PHONE, match.start(), match.end());
            if (spans.stream().noneMatch(span::overlaps)) {
                spans.add(span);
            }
        }
    }
}
