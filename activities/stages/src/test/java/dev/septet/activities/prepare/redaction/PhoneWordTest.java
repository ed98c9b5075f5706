package dev.septet.activities.prepare.redaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.time.CpuTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers without the usual grouping, which only a word before them makes a phone number. */
class PhoneWordTest {
    private static List<String> found(String text) {
        return new PhoneDetector(List.of())
                .find(text).stream()
                        .map(span -> text.substring(span.start(), span.end()))
                        .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "My phone number is 0466552519.|0466552519",
                "Die neue Telefonnummer (07530915826) geht.|(07530915826",
                "numéro de téléphone : 0466552519 demain|0466552519",
                "Il nuovo telefono è 032244671|032244671",
                "Mi móvil: 822733753|822733753",
                "tel.: 98765 4321|98765 4321"
            })
    void areFoundSoonAfterAWord(String text, String number) {
        assertThat(found(text)).containsExactly(number);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "My order number is 0466552519.",
                "Your phone broke. Order 0466552519.",
                "The phone, which I bought with order 0466552519",
                "phone of 2026-11-29",
                "phone 12345",
                "telegram 0466552519",
                "phone 1234567890123456789"
            })
    void areNotFoundElsewhere(String text) {
        assertThat(found(text)).isEmpty();
    }

    /** A text of words only, or of digits only, takes time in proportion to its length. */
    @Test
    void hostileTextsTakeLittleTime() {
        CpuTime start = CpuTime.start();
        found("phone ".repeat(50_000) + "1".repeat(50_000));
        found("phone 1 2 3 4 5 6 ".repeat(10_000));
        assertThat(start.used()).isLessThan(Duration.ofSeconds(20));
    }
}
