package dev.septet.activities.prepare.redaction;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.i18n.phonenumbers.PhoneNumberUtil;
import dev.septet.activities.prepare.KeyedDigest;
import dev.septet.activities.time.CpuTime;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Replacement;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Cases made by hand: what is personal, what only looks like it. */
class RedactorTest {
    private static final KeyedDigest KEY = new KeyedDigest("key".getBytes(StandardCharsets.UTF_8));
    private final Redactor mask = redactor(EnumSet.complementOf(EnumSet.of(Kind.NAME, Kind.ADDRESS)), Replacement.MASK);

    private static Redactor redactor(Set<Kind> kinds, Replacement replacement) {
        return new Redactor(new RedactSpec(kinds, replacement), KEY);
    }

    private static String clean(Redactor redactor, String text) {
        return redactor.redacted(text);
    }

    @ParameterizedTest
    @CsvFileSource(resources = "redaction.tsv", delimiter = '\t', quoteCharacter = '\0')
    void masksPersonalDataAndNothingElse(String text, String expected) {
        assertThat(clean(mask, text)).isEqualTo(expected);
    }

    @Test
    void looksOnlyForWhatItIsTold() {
        String text = "a@b.org, +44 20 7946 0123, 4111 1111 1111 1111";
        assertThat(clean(redactor(Set.of(Kind.EMAIL), Replacement.MASK), text))
                .isEqualTo("[EMAIL], +44 20 7946 0123, 4111 1111 1111 1111");
        assertThat(clean(redactor(Set.of(Kind.CARD), Replacement.MASK), text))
                .isEqualTo("a@b.org, +44 20 7946 0123, [CARD]");
    }

    @Test
    void knowsNationalNumbersOfRegionsThatAreNamed() {
        String text = "Call 098765 43210 or (11) 96123-4567, order 98765 43210 00.";
        assertThat(clean(mask, text)).isEqualTo(text);

        Redactor more =
                new Redactor(new RedactSpec(EnumSet.of(Kind.PHONE), Replacement.MASK, List.of("IN", "BR")), KEY);

        assertThat(clean(more, text)).isEqualTo("Call [PHONE] or [PHONE], order 98765 43210 00.");
    }

    @Test
    void everyRegionThatMayBeNamedHasNumbers() {
        assertThat(PhoneNumberUtil.getInstance().getSupportedRegions())
                .containsAll(Stream.of(Locale.getISOCountries())
                        .filter(RedactorTest::mayBeNamed)
                        .toList());
        assertThat(Stream.of("US", "IN", "AQ", "XX").filter(RedactorTest::mayBeNamed))
                .containsExactly("US", "IN");
    }

    private static boolean mayBeNamed(String region) {
        try {
            return !RedactSpec.checked(List.of(region)).isEmpty();
        } catch (IllegalArgumentException refused) {
            return false;
        }
    }

    @Test
    void hashesKeepEqualValuesEqual() {
        Redactor hash = redactor(EnumSet.allOf(Kind.class), Replacement.HASH);
        String one = clean(hash, "Mail Mara@Example.com");
        String same = clean(hash, "Mail mara@example.com");
        String other = clean(hash, "Mail tom@example.com");
        assertThat(one).isEqualTo(same).isNotEqualTo(other).matches("Mail \\[EMAIL:[0-9a-f]{12}]");
        assertThat(clean(hash, "4111-1111-1111-1111")).isEqualTo(clean(hash, "4111111111111111"));
        Redactor otherKey = new Redactor(
                new RedactSpec(EnumSet.of(Kind.EMAIL), Replacement.HASH),
                new KeyedDigest("other".getBytes(StandardCharsets.UTF_8)));
        assertThat(clean(otherKey, "Mail mara@example.com")).isNotEqualTo(same);
    }

    @Test
    void staysFastOnHostileText() {
        String text = "a.".repeat(10_000) + "@".repeat(10_000) + "1 ".repeat(10_000);
        CpuTime start = CpuTime.start();
        mask.find(text);
        assertThat(start.used()).isLessThan(Duration.ofSeconds(20));
    }
}
