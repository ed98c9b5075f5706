package dev.septet.activities.prepare.redaction;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * How many of the personal data in a generated corpus are found, and how much of what is found is
 * none. The corpus is the same each time; the page shows these figures.
 */
class RedactionRecallTest {
    private static final Path PAGE = Path.of("../../.github/docs/language.md");
    private static final int EACH = 300;
    private static final List<String> REGIONS =
            List.of("US", "GB", "DE", "FR", "IT", "ES", "AT", "CH", "NL", "BE", "SE", "PL");
    private static final List<String> AROUND = List.of(
            "Please use %s for this.",
            "%s",
            "My details: %s, thank you!",
            "I wrote (%s) on the form and nobody answered.",
            "old one was wrong;\nnew: %s\nregards, Mara");

    private final Random random = new Random(7);
    private final Map<Kind, Count> counts = new EnumMap<>(Kind.class);

    private static final class Count {
        private int planted;
        private int found;
        private int wrong;

        double recall() {
            return (double) found / planted;
        }

        double precision() {
            return (double) found / (found + wrong);
        }
    }

    @Test
    void findsAsMuchAsThePageSays() throws IOException {
        Redactor redactor = Redactor.masking(RedactSpec.CONTACT_AND_ACCOUNT, List.of());
        for (Kind kind : RedactSpec.CONTACT_AND_ACCOUNT) {
            counts.put(kind, new Count());
        }
        for (Kind kind : RedactSpec.CONTACT_AND_ACCOUNT) {
            for (int i = 0; i < EACH; i++) {
                String planted = planted(kind, i);
                String value = planted.replace("|", "");
                int bar = planted.indexOf('|');
                int length = bar < 0 ? planted.length() : bar;
                String around = AROUND.get(random.nextInt(AROUND.size()));
                String text = around.formatted(value);
                int start = around.indexOf("%s");
                count(redactor.find(text), kind, start, start + length);
                if (bar >= 0) {
                    int code = start + value.length() - 3;
                    count(redactor.find(text), kind, code, code + 3);
                }
            }
        }
        for (int i = 0; i < EACH * 5; i++) {
            String text = AROUND.get(random.nextInt(AROUND.size())).formatted(harmless(i));
            count(redactor.find(text), null, 0, 0);
        }
        String page = Files.readString(PAGE);
        StringBuilder table = new StringBuilder();
        counts.forEach((kind, count) -> table.append(String.format(
                Locale.ROOT,
                "| `%s` | %.1f %% | %.1f %% |%n",
                kind.name().toLowerCase(Locale.ROOT),
                100 * count.recall(),
                100 * count.precision())));
        assertThat(counts).allSatisfy((kind, count) -> {
            assertThat(count.recall()).as("recall of %s", kind).isGreaterThan(0.7);
            assertThat(count.precision()).as("precision of %s", kind).isGreaterThan(0.6);
        });
        assertThat(page).contains(table.toString());
    }

    /** Found is what covers all that was planted. */
    private void count(List<PersonalDataSpan> spans, @org.jspecify.annotations.Nullable Kind kind, int start, int end) {
        if (kind != null) {
            Count count = counts.get(kind);
            if (count == null) {
                throw new IllegalStateException("no count of " + kind);
            }
            count.planted++;
            boolean found =
                    spans.stream().anyMatch(span -> span.kind() == kind && span.start() <= start && span.end() >= end);
            count.found += found ? 1 : 0;
        }
        for (PersonalDataSpan span : spans) {
            Count count = counts.get(span.kind());
            // A check code is counted apart from its number, which is in the same text.
            boolean right = kind == span.kind() && (kind == Kind.CARD || (span.start() < end && span.end() > start));
            if (count != null && !right) {
                count.wrong++;
            }
        }
    }

    private String planted(Kind kind, int i) {
        return switch (kind) {
            case EMAIL -> email();
            case PHONE -> phone(i);
            case CARD -> card();
            case IBAN -> iban();
            case SSN -> ssn();
            default -> throw new IllegalStateException("PresidioTest measures " + kind);
        };
    }

    private String email() {
        List<String> names = List.of("mara.lind", "o'neil", "j_doe+shop", "m\u00fcller", "x9", "a-b");
        List<String> hosts = List.of("example.com", "mail.example.co.uk", "m\u00fcnchen.de", "a.museum");
        return pick(names) + "@" + pick(hosts);
    }

    private String phone(int i) {
        PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();
        String region = REGIONS.get(i % REGIONS.size());
        PhoneNumber number = numbers.getExampleNumber(region);
        for (int tries = 0; tries < 50; tries++) {
            PhoneNumber other = new PhoneNumber().mergeFrom(number);
            other.setNationalNumber(number.getNationalNumber() / 10_000 * 10_000 + random.nextInt(10_000));
            if (numbers.isValidNumber(other)) {
                number = other;
                break;
            }
        }
        if (random.nextInt(3) == 0) {
            return numbers.format(number, PhoneNumberFormat.INTERNATIONAL);
        }
        String national = numbers.format(number, PhoneNumberFormat.NATIONAL);
        // One in six is grouped as no book has it, or not at all.
        return switch (random.nextInt(12)) {
            case 0 -> national.replaceAll("[^0-9]", "");
            case 1 -> national.replaceAll("[^0-9]", "").replaceAll("(.{3})(?=.)", "$1 ");
            default -> national;
        };
    }

    private String card() {
        boolean amex = random.nextInt(5) == 0;
        StringBuilder digits = new StringBuilder(amex ? "37" : pick(List.of("4", "51", "2221", "6011")));
        while (digits.length() < (amex ? 14 : 15)) {
            digits.append(random.nextInt(10));
        }
        int check = 0;
        while (!CardDetector.luhn(digits.toString() + check)) {
            check++;
        }
        digits.append(check);
        String between = pick(List.of("", " ", "-", " ", "-", "", " ", "-", "", "  "));
        String number = amex
                ? digits.substring(0, 4) + between + digits.substring(4, 10) + between + digits.substring(10)
                : String.join(between, digits.toString().split("(?<=\\G.{4})"));
        return number
                + switch (random.nextInt(4)) {
                    case 0 -> " " + (100 + random.nextInt(900));
                    case 1 -> "|, 0" + (1 + random.nextInt(9)) + "/29, CVV " + (100 + random.nextInt(900));
                    default -> "";
                };
    }

    private String iban() {
        String[] shapes = {"DE18", "AT16", "FR23", "ES20", "NL4+10", "GB4+14", "CH17", "BE12", "PL24", "IT1+22"};
        String shape = shapes[random.nextInt(shapes.length)];
        String country = shape.substring(0, 2);
        StringBuilder account = new StringBuilder();
        String[] parts = shape.substring(2).split("\\+");
        for (int i = 0; parts.length == 2 && i < Integer.parseInt(parts[0]); i++) {
            account.append((char) ('A' + random.nextInt(26)));
        }
        for (int i = 0; i < Integer.parseInt(parts[parts.length - 1]); i++) {
            account.append(random.nextInt(10));
        }
        StringBuilder number = new StringBuilder();
        for (char c : (account + country + "00").toCharArray()) {
            number.append(Character.digit(c, 36));
        }
        int check = 98
                - new BigInteger(number.toString()).mod(BigInteger.valueOf(97)).intValue();
        String iban = country + String.format(Locale.ROOT, "%02d", check) + account;
        return random.nextBoolean() ? iban : String.join(" ", iban.split("(?<=\\G.{4})"));
    }

    private String ssn() {
        int area = 1 + random.nextInt(665);
        String group = String.format(Locale.ROOT, "%02d", 1 + random.nextInt(99));
        String serial = String.format(Locale.ROOT, "%04d", 1 + random.nextInt(9999));
        String between = pick(List.of("-", "-", " ", "-", ""));
        return String.format(Locale.ROOT, "%03d", area) + between + group + between + serial;
    }

    /** What only looks like it. */
    private String harmless(int i) {
        return switch (i % 13) {
            case 0 -> "order " + (10_000_000 + random.nextInt(89_999_999));
            case 1 ->
                String.format(Locale.ROOT, "2024-%02d-%02d 12:30", 1 + random.nextInt(12), 1 + random.nextInt(28));
            case 2 ->
                String.format(
                        Locale.ROOT, "version %d.%d.%d", random.nextInt(20), random.nextInt(99), random.nextInt(999));
            case 3 ->
                String.format(
                        Locale.ROOT,
                        "%d,%03d.%02d euros",
                        random.nextInt(999),
                        random.nextInt(999),
                        random.nextInt(99));
            case 4 -> "serial " + random.nextInt(9999) + "-" + random.nextInt(99999);
            case 5 -> String.format(Locale.ROOT, "parcel 00340434%012d", random.nextInt(1_000_000_000));
            case 6 -> "ISBN 978-3-16-148410-" + random.nextInt(10);
            case 7 ->
                String.format(
                        Locale.ROOT,
                        "at %d:%02d in room %d",
                        random.nextInt(24),
                        random.nextInt(60),
                        random.nextInt(900));
            case 8 -> String.format(Locale.ROOT, "DE%02d is no account, nor is @home", random.nextInt(99));
            case 9 ->
                String.format(
                        Locale.ROOT, "%03d %03d %04d", random.nextInt(999), random.nextInt(999), random.nextInt(9999));
            case 10 ->
                String.format(
                        Locale.ROOT,
                        "tracking %04d %04d %04d %04d",
                        random.nextInt(9999),
                        random.nextInt(9999),
                        random.nextInt(9999),
                        random.nextInt(9999));
            case 11 ->
                String.format(
                        Locale.ROOT,
                        "part %03d-%02d-%04d",
                        random.nextInt(999),
                        random.nextInt(99),
                        random.nextInt(9999));
            default ->
                String.format(
                        Locale.ROOT, "%d x %d x %d mm", random.nextInt(999), random.nextInt(999), random.nextInt(999));
        };
    }

    private String pick(List<String> values) {
        return values.get(random.nextInt(values.size()));
    }
}
