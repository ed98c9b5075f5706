package dev.septet.activities.prepare;

import com.google.i18n.phonenumbers.PhoneNumberMatch;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.Leniency;

import dev.septet.dsl.spec.RedactSpec.Kind;

import java.util.ArrayList;
import java.util.List;

/**
 * Phone numbers: any valid number in international form; in national form those of North America,
 * where they are grouped as people write them (ten bare digits are as often an order number).
 */
final class PhoneDetector implements Detector {
    private static final int FEWEST_DIGITS = 7;
    private static final String ANY_REGION = "ZZ";
    private static final String NATIONAL_REGION = "US";

    private final PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();

    @Override
    public List<Span> find(String text) {
        if (text.chars().filter(Character::isDigit).count() < FEWEST_DIGITS) {
            return List.of();
        }
        List<Span> spans = new ArrayList<>();
        add(spans, numbers.findNumbers(text, ANY_REGION, Leniency.VALID, Long.MAX_VALUE));
        for (PhoneNumberMatch match :
                numbers.findNumbers(
                        text, NATIONAL_REGION, Leniency.STRICT_GROUPING, Long.MAX_VALUE)) {
            if (!match.rawString().chars().allMatch(Character::isDigit)) {
                add(spans, List.of(match));
            }
        }
        return spans;
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
