package dev.septet.activities.prepare.redaction;

import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Detects social security numbers of the United States, in the assigned ranges: in the usual
 * groups, or nine digits after a word that names them.
 *
 * @see <a href="https://www.ssa.gov/employer/randomization.html">Social Security Administration</a>
 */
final class SsnDetector implements PersonalDataDetector {
    private static final String NUMBER = "(?!000|666|9)\\d{3}%s(?!00)\\d{2}%s(?!0000)\\d{4}";
    private static final Pattern GROUPED =
            Pattern.compile("(?<![\\w-])" + NUMBER.formatted("([- ])", "\\1") + "(?![\\w-])");
    private static final Pattern NAMED =
            Pattern.compile("(?i)\\b(?:ssn|social security(?: (?:number|no))?)\\b[^\\d\\n]{0,12}("
                    + NUMBER.formatted("", "")
                    + ")(?!\\w)");

    @Override
    public List<PersonalDataSpan> find(String text) {
        List<PersonalDataSpan> spans = new ArrayList<>();
        Matcher grouped = GROUPED.matcher(text);
        while (grouped.find()) {
            spans.add(new PersonalDataSpan(Kind.SSN, grouped.start(), grouped.end()));
        }
        Matcher named = NAMED.matcher(text);
        while (named.find()) {
            spans.add(new PersonalDataSpan(Kind.SSN, named.start(1), named.end(1)));
        }
        return spans;
    }
}
