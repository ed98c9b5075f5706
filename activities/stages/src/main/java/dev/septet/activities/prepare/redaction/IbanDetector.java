package dev.septet.activities.prepare.redaction;

import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Detects international bank account numbers (ISO 13616): the length must be that of the country,
 * and the remainder modulo 97 must be 1. Spaces or hyphens may separate the characters.
 */
final class IbanDetector implements PersonalDataDetector {
    private static final Map<String, Integer> LENGTHS = Arrays.stream(
                    ("AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28"
                                    + " CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22"
                                    + " GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30"
                                    + " KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19"
                                    + " MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22"
                                    + " SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29"
                                    + " VA22 VG24 XK20")
                            .split(" "))
            .collect(Collectors.toUnmodifiableMap(
                    entry -> entry.substring(0, 2), entry -> Integer.valueOf(entry.substring(2))));

    private static final Pattern START = Pattern.compile("(?<![A-Za-z0-9])[A-Za-z]{2}[ -]?[0-9]{2}");

    @Override
    public List<PersonalDataSpan> find(String text) {
        List<PersonalDataSpan> spans = new ArrayList<>();
        Matcher start = START.matcher(text);
        int from = 0;
        while (from <= text.length() && start.find(from)) {
            int end = end(text, start.start());
            if (end > 0) {
                spans.add(new PersonalDataSpan(Kind.IBAN, start.start(), end));
            }
            from = end > 0 ? end : start.start() + 1;
        }
        return spans;
    }

    /** End of the number that begins here; 0 when there is none. */
    private static int end(String text, int start) {
        String country = text.substring(start, start + 2).toUpperCase(Locale.ROOT);
        int length = LENGTHS.getOrDefault(country, 0);
        StringBuilder number = new StringBuilder(34);
        int at = start;
        while (at < text.length() && number.length() < length) {
            char c = text.charAt(at);
            boolean between =
                    (c == ' ' || c == '-' || c == '\u00A0') && at > start && letterOrDigit(text.charAt(at - 1));
            if (letterOrDigit(c)) {
                number.append(Character.toUpperCase(c));
            } else if (!between) {
                return 0;
            }
            at++;
        }
        boolean ends = at >= text.length() || !Character.isLetterOrDigit(text.charAt(at));
        return length > 0 && number.length() == length && ends && checks(number) ? at : 0;
    }

    private static boolean checks(CharSequence number) {
        int remainder = 0;
        for (int i = 0; i < number.length(); i++) {
            int value = Character.digit(number.charAt((i + 4) % number.length()), 36);
            remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
        }
        return remainder == 1;
    }

    private static boolean letterOrDigit(char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }
}
