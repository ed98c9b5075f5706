package dev.septet.activities.prepare.redaction;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.i18n.phonenumbers.PhoneNumberMatch;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.Leniency;
import com.google.i18n.phonenumbers.PhoneNumberUtil.ValidationResult;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parts of a text are looked through: they must give what the whole text gives. */
class PhoneDetectorTest {
    private static final int TEXTS = 3_000;

    private static final List<String> WITH_ZERO = List.of("GB", "DE", "FR", "IT", "AT", "CH", "NL", "BE", "SE");
    private static final List<String> WITHOUT_ZERO = List.of("ES", "PL", "IT");
    private static final Pattern ZERO = Pattern.compile("(?<![\\d.,])\\(?0[\\d ()/.-]{6,}\\d");
    private static final Pattern GROUPS = Pattern.compile(
            "(?<![\\d.,])[3-9]\\d{1,2}([" + " -])(?:\\d{3}\\1\\d{3,4}|\\d{2,3}\\1\\d{2}\\1\\d{2})(?!\\d)");

    /** What texts are made of, numbers and what stands around them. */
    private static final List<String> PIECES = List.of(
            "+44 20 7946 0123",
            "(212) 555-0123",
            "212-555-0123",
            "020 7946 0123",
            "030 901820",
            "01 42 68 53 00",
            "+43 1112",
            "01 1115",
            "06 698 12345",
            "612 34 56 78",
            "22 123 45 67",
            "+1 (650) 253-0000",
            "+683 4002",
            "1-800-356-9377",
            "098765 43210",
            "464-1234",
            "4111 1111 1111 1111",
            "2026-03-01 14:30",
            "3/10/2026",
            "120.50",
            "48213",
            "7",
            "0",
            "+",
            "(",
            ")",
            "/",
            "-",
            ".",
            ",",
            ";",
            ":",
            "%",
            "$",
            " ",
            "  ",
            "\n",
            "\t",
            "x",
            " ext. 12",
            " extension 7",
            " x 99",
            "#3",
            "int 4",
            " anexo 5",
            ";ext=8",
            " \u0434\u043e\u0431 6",
            "\uFF0B",
            "\uFF11\uFF12",
            "\u0664",
            "\uD835\uDFCE",
            "call ",
            " or ",
            "a",
            "e",
            "h",
            "@",
            "?",
            "'",
            "\u00fc",
            "\u017f",
            "\u212a",
            "pp. 12-34 (1999");

    private final PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();

    @Tag("long")
    @Test
    void partsGiveWhatTheWholeTextGives() {
        Random random = new Random(7);
        int found = 0;
        for (int number = 0; number < TEXTS; number++) {
            List<String> regions = number % 3 == 0 ? List.of("IN", "AG", "SM") : List.of();
            StringBuilder text = new StringBuilder();
            int pieces = 1 + random.nextInt(12);
            for (int piece = 0; piece < pieces; piece++) {
                text.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            List<PersonalDataSpan> whole = whole(text.toString(), regions);
            assertThat(new PhoneDetector(regions).find(text.toString()))
                    .as(text.toString())
                    .isEqualTo(whole);
            found += whole.size();
        }
        assertThat(found).as("numbers in the texts").isGreaterThan(TEXTS / 3);
    }

    /** The library's own shortest number that is possible; the detector counts on these. */
    @ParameterizedTest
    @CsvSource({"US,10", "GB,7", "DE,4", "FR,9", "IT,6", "AT,4", "CH,9", "NL,5", "BE,8", "SE,6", "ES,9", "PL,6"})
    void noNumberOfARegionIsShorter(String region, int min) {
        assertThat(shortest(region)).isEqualTo(min);
    }

    @Test
    void noRegionHasNumbersOfThreeDigits() {
        assertThat(numbers.getSupportedRegions()).allMatch(region -> shortest(region) >= 4);
    }

    private int shortest(String region) {
        PhoneNumber number = new PhoneNumber()
                .setCountryCode(numbers.getCountryCodeForRegion(region))
                .setNationalNumber(1);
        int digits = 1;
        while (numbers.isPossibleNumberWithReason(number) != ValidationResult.IS_POSSIBLE) {
            number.setNationalNumber(10 * number.getNationalNumber());
            digits++;
        }
        return digits;
    }

    /** Every region's numbers in the whole text, one region after the other. */
    private List<PersonalDataSpan> whole(String text, List<String> more) {
        NonOverlappingSpans spans = new NonOverlappingSpans();
        if (text.chars().filter(Character::isDigit).count() < 7) {
            return List.of();
        }
        for (PhoneNumberMatch match : numbers.findNumbers(text, "ZZ", Leniency.VALID, Long.MAX_VALUE)) {
            spans.add(new PersonalDataSpan(Kind.PHONE, match.start(), match.end()));
        }
        List<String> regions =
                new ArrayList<>(Stream.concat(Stream.of("US"), more.stream()).toList());
        if (ZERO.matcher(text).find()) {
            regions.addAll(WITH_ZERO);
        }
        if (GROUPS.matcher(text).find()) {
            regions.addAll(WITHOUT_ZERO);
        }
        for (String region : regions) {
            for (PhoneNumberMatch match : numbers.findNumbers(text, region, Leniency.STRICT_GROUPING, Long.MAX_VALUE)) {
                if (!match.rawString().chars().allMatch(Character::isDigit)) {
                    spans.add(new PersonalDataSpan(Kind.PHONE, match.start(), match.end()));
                }
            }
        }
        return spans.sorted();
    }
}
