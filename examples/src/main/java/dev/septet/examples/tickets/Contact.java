package dev.septet.examples.tickets;

import dev.septet.examples.world.Draw;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Fictional personal data that redaction must find, from ranges that are reserved for fiction and
 * tests.
 */
final class Contact {
    private static final List<String> NAMES =
            List.of("mara.lind", "tom.hale", "ines.roth", "otto.berg", "lena.moor", "paul.west");

    private Contact() {}

    static Map<String, String> words(Draw draw) {
        return Map.of(
                "email", draw.pick(NAMES) + draw.between(1, 99) + "@example.com",
                "phone", String.format(Locale.ROOT, "+44 20 7946 0%03d", draw.below(1000)), // reserved for drama
                "card", card(draw));
    }

    /** Sixteen digits with a test prefix and a valid check digit. */
    private static String card(Draw draw) {
        StringBuilder digits = new StringBuilder("411111");
        while (digits.length() < 15) {
            digits.append(draw.below(10));
        }
        digits.append(checkDigit(digits));
        return digits.insert(12, ' ').insert(8, ' ').insert(4, ' ').toString();
    }

    private static int checkDigit(CharSequence digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            int weighted = i % 2 == 0 ? 2 * digit : digit;
            sum += weighted > 9 ? weighted - 9 : weighted;
        }
        return (10 - sum % 10) % 10;
    }
}
