package dev.septet.activities.prepare.redaction;

import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Detects dates of birth: a date in the 40 characters after a word for birth, or in the 15 characters before one, in
 * English, German, French, Spanish, Italian, Portuguese, Dutch, Polish and Swedish. A date alone is none.
 */
final class BirthDateDetector implements PersonalDataDetector {
    private static final int AFTER = 40;
    private static final int BEFORE = 15;
    private static final int LONGEST_DATE = 30;

    private static final Pattern WORD = Pattern.compile("(?iu)(?<!\\p{L})(?:"
            + "(?:date of birth|birth ?dates?|birth ?days?|d\\.?o\\.?b\\.?|b-?day|birth_date|date_of_birth|born)"
            + "|geburts(?:datum|tag)|geb(?:oren|\\.)"
            + "|date de naissance|n\u00E9e? le"
            + "|fecha de nacimiento|nacid[oa]|naci\u00F3"
            + "|data di nascita|nat[oa] (?:il|l')"
            + "|data de nascimento|nascid[oa]|nasceu"
            + "|geboorte ?datum|geboren"
            + "|data urodzenia|urodzon[ya]|ur\\."
            + "|f\u00F6delsedatum|f\u00F6dd"
            + ")(?!\\p{L})");

    private static final String MONTH = "\\p{L}{3,12}\\.?";
    private static final String YEAR = "(?:18|19|20)\\d\\d";
    private static final Pattern DATE = Pattern.compile("(?u)(?<![\\d./-])(?:"
            + YEAR + "([-/.])(?:0?[1-9]|1[0-2])\\1(?:3[01]|[12]\\d|0?[1-9])"
            + "|(?:3[01]|[12]\\d|0?[1-9])([-/.]) ?(?:3[01]|[12]\\d|0?[1-9])\\2 ?(?:" + YEAR + "|\\d\\d)"
            + "|(?:3[01]|[12]\\d|0?[1-9])(?:st|nd|rd|th|er|\\.|\u00BA)?(?: de| of)? " + MONTH + ",?(?: de| of)? " + YEAR
            + "|" + MONTH + " (?:3[01]|[12]\\d|0?[1-9])(?:st|nd|rd|th)?,? " + YEAR
            + ")(?![\\d/-]|\\.\\d)");

    @Override
    public List<PersonalDataSpan> find(String text) {
        NonOverlappingSpans spans = new NonOverlappingSpans();
        Matcher word = WORD.matcher(text);
        Dates dates = null;
        while (word.find()) {
            dates = dates == null ? new Dates(text) : dates;
            int after = dates.first(word.end(), word.end() + AFTER, text.length());
            if (after >= 0) {
                spans.add(new PersonalDataSpan(Kind.BIRTH_DATE, after, dates.end(after)));
                continue;
            }
            int from = Math.max(0, word.start() - BEFORE - LONGEST_DATE);
            int date = dates.first(from, word.start(), word.start());
            while (date >= 0) {
                if (word.start() - dates.end(date) <= BEFORE) {
                    spans.add(new PersonalDataSpan(Kind.BIRTH_DATE, date, dates.end(date)));
                }
                date = dates.first(dates.end(date), word.start(), word.start());
            }
        }
        return spans.sorted();
    }

    /**
     * The dates of a text by their first characters. The surroundings of two words overlap, so a text of many words would be
     * searched many times: each position is matched at most once.
     */
    private static final class Dates {
        private static final byte NONE = -1;

        private final Matcher matcher;
        private final int length;

        /** Lengths of dates by their start; 0 = not matched yet. */
        private final byte[] lengths;

        private Dates(String text) {
            matcher = DATE.matcher(text).useTransparentBounds(true);
            length = text.length();
            lengths = new byte[length];
        }

        /** The first date that starts in [from, to] and ends at the latest at {@code last}; negative without one. */
        private int first(int from, int to, int last) {
            for (int at = from; at <= to && at < last; at++) {
                int size = size(at);
                if (size > 0 && at + size <= last) {
                    return at;
                }
            }
            return -1;
        }

        private int end(int date) {
            return date + size(date);
        }

        private int size(int at) {
            if (lengths[at] == 0) {
                matcher.region(at, Math.min(length, at + LONGEST_DATE));
                lengths[at] = matcher.lookingAt() ? (byte) (matcher.end() - at) : NONE;
            }
            return lengths[at];
        }
    }
}
