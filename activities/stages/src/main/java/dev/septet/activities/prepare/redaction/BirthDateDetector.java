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
        Matcher date = DATE.matcher(text).useTransparentBounds(true);
        while (word.find()) {
            int to = Math.min(text.length(), word.end() + AFTER + LONGEST_DATE);
            date.region(word.end(), to);
            if (date.find() && date.start() - word.end() <= AFTER) {
                spans.add(new PersonalDataSpan(Kind.BIRTH_DATE, date.start(), date.end()));
                continue;
            }
            date.region(Math.max(0, word.start() - BEFORE - LONGEST_DATE), word.start());
            while (date.find()) {
                if (word.start() - date.end() <= BEFORE) {
                    spans.add(new PersonalDataSpan(Kind.BIRTH_DATE, date.start(), date.end()));
                }
            }
        }
        return spans.sorted();
    }
}
