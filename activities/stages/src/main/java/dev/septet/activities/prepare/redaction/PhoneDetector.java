package dev.septet.activities.prepare.redaction;

import com.google.i18n.phonenumbers.PhoneNumberMatch;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.Leniency;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Detects phone numbers: any valid number in international form, and numbers of some regions in
 * national form when they are grouped as usual there. Digits without groups are just as often an
 * order number.
 */
final class PhoneDetector implements PersonalDataDetector {
    private static final int MIN_DIGITS = 7;
    private static final String ANY_REGION = "ZZ";

    /** Minimum number of digits in any region. */
    private static final int SHORTEST = 4;

    private static final Region ALWAYS = new Region("US", 10);

    /** Regions whose national form begins with 0; searched only when a number does. */
    private static final List<Region> WITH_ZERO = List.of(
            new Region("GB", 7),
            new Region("DE", 4),
            new Region("FR", 9),
            new Region("IT", 6),
            new Region("AT", 4),
            new Region("CH", 9),
            new Region("NL", 5),
            new Region("BE", 8),
            new Region("SE", 6));

    private static final List<Region> WITHOUT_ZERO =
            List.of(new Region("ES", 9), new Region("PL", 6), new Region("IT", 6));

    private static final Pattern ZERO = Pattern.compile("(?<![\\d.,])\\(?0[\\d ()/.-]{6,}\\d");
    private static final Pattern GROUPS = Pattern.compile(
            "(?<![\\d.,])[3-9]\\d{1,2}([" + " -])(?:\\d{3}\\1\\d{3,4}|\\d{2,3}\\1\\d{2}\\1\\d{2})(?!\\d)");

    private final PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();
    private final List<Region> always;

    /**
     * A region whose numbers in national form are detected.
     *
     * @param fewest digits of its shortest number
     */
    private record Region(String code, int fewest) {}

    /**
     * @param regions additional regions whose numbers in national form are detected in every text
     */
    PhoneDetector(List<String> regions) {
        always = Stream.concat(
                        Stream.of(ALWAYS),
                        regions.stream()
                                .distinct()
                                .filter(code -> !code.equals(ALWAYS.code()))
                                .map(code -> new Region(code, SHORTEST)))
                .toList();
    }

    /**
     * The findings from left to right, without overlaps. Only parts of the text with digits are
     * searched, because each pass over a part takes microseconds per character.
     */
    @Override
    public List<PersonalDataSpan> find(String text) {
        if (text.chars().filter(Character::isDigit).count() < MIN_DIGITS) {
            return List.of();
        }
        List<Region> regions = new ArrayList<>(always);
        if (ZERO.matcher(text).find()) {
            regions.addAll(WITH_ZERO);
        }
        if (GROUPS.matcher(text).find()) {
            regions.addAll(WITHOUT_ZERO);
        }
        NonOverlappingSpans spans = new NonOverlappingSpans();
        for (DigitClusters.Cluster cluster : DigitClusters.of(text)) {
            String part = text.substring(cluster.start(), cluster.end());
            if (cluster.international()) {
                for (PhoneNumberMatch match : numbers.findNumbers(part, ANY_REGION, Leniency.VALID, Long.MAX_VALUE)) {
                    add(spans, cluster, match);
                }
            }
            for (Region region : regions) {
                if (cluster.international() || cluster.digits() >= region.fewest()) {
                    national(part, cluster, region, spans);
                }
            }
        }
        return spans.sorted();
    }

    private void national(String part, DigitClusters.Cluster cluster, Region region, NonOverlappingSpans spans) {
        for (PhoneNumberMatch match :
                numbers.findNumbers(part, region.code(), Leniency.STRICT_GROUPING, Long.MAX_VALUE)) {
            if (!match.rawString().chars().allMatch(Character::isDigit)) {
                add(spans, cluster, match);
            }
        }
    }

    private static void add(NonOverlappingSpans spans, DigitClusters.Cluster cluster, PhoneNumberMatch match) {
        spans.add(new PersonalDataSpan(Kind.PHONE, cluster.start() + match.start(), cluster.start() + match.end()));
    }
}
