package dev.septet.activities.prepare.redaction;

import com.google.i18n.phonenumbers.PhoneNumberMatch;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.Leniency;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Detects phone numbers: any valid number in international form, and numbers of some regions in
 * national form when they are grouped as usual there. Digits without groups are just as often an
 * order number, so they are a phone number only soon after a word for one, in nine languages.
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

    /** A word for a phone number, in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish and Swedish. */
    private static final Pattern WORD = Pattern.compile("(?iu)(?<!\\p{L})(?:(?:tele|mobile? ?|cell"
            + " ?|smart|i)?phones?(?: ?(?:number|no\\.?|nr\\.?))?|mobile(?: number)?|cell(?:"
            + " number)?|tel(?:\\.|\u00E9?fonos?|efon[eoiu]?|efoon|efonnummer|efonnumret|efoonnummer|ephone)?|fax|what ?s"
            + " ?app|(?:mobil|handy|mobiltelefon|mobilfunk|festnetz)(?:nummer|numret)?|rufnummer"
            + "|t\u00E9l(?:\\.|\u00E9phone)?|portable|m\u00F3vil|celular|cellulare|telem\u00F3vel|kom\u00F3rk\\p{L}{1,3}"
            + ")(?!\\p{L})");

    /** At most this many characters that are no digits are between the word and the number. */
    private static final int AFTER_WORD = 14;

    private static final Pattern NUMBER =
            Pattern.compile("(?<![\\d+])\\+?\\(?\\d(?:[ ()/.-]{0,2}\\d){6,14}(?![\\d]|[.,-]\\d)");
    private static final Pattern BETWEEN = Pattern.compile("[^\\d\\n.;!?]*+");
    private static final Pattern DATE =
            Pattern.compile("\\d{4}[-./]\\d{1,2}[-./]\\d{1,2}.*|\\d{1,2}[-./]\\d{1,2}[-./]\\d{2,4}.*", Pattern.DOTALL);

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
        afterWords(text, spans);
        return spans.sorted();
    }

    private static void afterWords(String text, NonOverlappingSpans spans) {
        Matcher word = WORD.matcher(text);
        Matcher number = NUMBER.matcher(text).useTransparentBounds(true);
        Matcher between = BETWEEN.matcher(text);
        while (word.find()) {
            int from = word.end();
            int to = Math.min(text.length(), from + AFTER_WORD);
            int digit = from;
            while (digit < to && !Character.isDigit(text.charAt(digit))) {
                digit++;
            }
            if (digit == to || !between.region(from, digit).matches()) {
                continue;
            }
            int start = digit;
            while (start > from && "(+".indexOf(text.charAt(start - 1)) >= 0) {
                start--;
            }
            if ((number.region(start, text.length()).lookingAt()
                            || number.region(digit, text.length()).lookingAt())
                    && !DATE.matcher(number.group()).matches()) {
                spans.add(new PersonalDataSpan(Kind.PHONE, number.start(), number.end()));
            }
        }
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
