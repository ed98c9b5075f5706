package dev.septet.activities.prepare.redaction;

import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Detects national identifiers by their form and their check digits. Numbers whose check is weak, one in ten or eleven,
 * count only within 40 characters after a word that names them.
 */
final class NationalIdDetector implements PersonalDataDetector {
    private static final int NEAR = 40;

    /**
     * An identifier.
     *
     * @param form its characters, with their usual separators
     * @param check whether the capital letters and digits of a text of this form are an identifier
     * @param word names it; null when the check alone is enough
     */
    private record Form(
            String country,
            Pattern form,
            Predicate<String> check,
            @org.jspecify.annotations.Nullable Pattern word) {
        static Form of(String country, String form, Predicate<String> check) {
            return new Form(country, bounded(form), check, null);
        }

        static Form named(String country, String form, Predicate<String> check, String word) {
            return new Form(country, bounded(form), check, Pattern.compile("(?iu)(?<!\\p{L})(?:" + word + ")"));
        }

        private static Pattern bounded(String form) {
            return Pattern.compile("(?<![\\w.-])" + form + "(?![\\w-]|\\.\\d)");
        }
    }

    private static final List<Form> FORMS = List.of(
            Form.named(
                    "AT",
                    "\\d{4} ?\\d{6}",
                    NationalIdChecks::austrian,
                    "svnr|sv-?nummer|sozialversicherungsnummer|versicherungsnummer"),
            Form.of("BE", "\\d{2}[. ]?\\d{2}[. ]?\\d{2}[- ]?\\d{3}[. ]?\\d{2}", NationalIdChecks::belgian),
            Form.of("BR", "\\d{3}\\.?\\d{3}\\.?\\d{3}-?\\d{2}", NationalIdChecks::brazilian),
            Form.named(
                    "DE",
                    "[1-9]\\d ?\\d{3} ?\\d{3} ?\\d{3}",
                    NationalIdChecks::germanTax,
                    "steuer-?(?:id|identifikationsnummer|nummer|nr)|idnr|tax id|tin\\b"),
            Form.of("ES", "(?:\\d{8}|[XYZxyz]-?\\d{7})[- ]?[A-Za-z]", NationalIdChecks::spanish),
            Form.of("FI", "\\d{6}[-+A-Fa-fU-Yu-y]\\d{3}[0-9A-Ya-y]", NationalIdChecks::finnish),
            Form.of(
                    "FR",
                    "[12] ?\\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\\d) ?(?:\\d{2}|2[ABab]) ?\\d{3} ?\\d{3} ?\\d{2}",
                    NationalIdChecks::french),
            Form.of(
                    "GB",
                    "(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\\d{2} ?\\d{2} ?\\d{2} ?[A-D]",
                    any -> true),
            Form.named("GB", "\\d{3}[ -]?\\d{3}[ -]?\\d{4}", NationalIdChecks::britishHealth, "nhs"),
            Form.of("IN", "[2-9]\\d{3}[ -]?\\d{4}[ -]?\\d{4}", NationalIdChecks::verhoeff),
            Form.of(
                    "IT",
                    "[A-Za-z]{6}[0-9LMNP-Vlmnp-v]{2}[ABCDEHLMPRSTabcdehlmprst][0-9LMNP-Vlmnp-v]{2}[A-Za-z]"
                            + "[0-9LMNP-Vlmnp-v]{3}[A-Za-z]",
                    NationalIdChecks::italian),
            Form.named(
                    "NL",
                    "\\d{4}\\.?\\d{2}\\.?\\d{3}",
                    NationalIdChecks::dutch,
                    "bsn|burgerservicenummer|sofi-?nummer"),
            Form.of("NO", "\\d{6} ?\\d{5}", NationalIdChecks::norwegian),
            Form.of("PL", "\\d{11}", NationalIdChecks::polish),
            Form.of("SE", "(?:19|20)?\\d{6}[-+]?\\d{4}", NationalIdChecks::swedish),
            Form.of("US", "9\\d{2}([- ])(?:5\\d|6[0-5]|7\\d|8[0-8]|9[0-2]|9[4-9])\\1\\d{4}", any -> true));

    private final List<Form> forms;
    private final SsnDetector american;
    private final boolean withAmerican;

    /**
     * @param countries ISO 3166 codes
     */
    NationalIdDetector(List<String> countries) {
        forms = FORMS.stream()
                .filter(form -> countries.contains(form.country()))
                .toList();
        american = new SsnDetector();
        withAmerican = countries.contains("US");
    }

    @Override
    public List<PersonalDataSpan> find(String text) {
        NonOverlappingSpans spans = new NonOverlappingSpans();
        if (text.chars().noneMatch(Character::isDigit)) {
            return List.of();
        }
        for (Form form : forms) {
            Matcher found = form.form().matcher(text);
            while (found.find()) {
                String value = found.group().replaceAll("[^0-9A-Za-z+-]", "").toUpperCase(Locale.ROOT);
                if (form.check().test(value) && named(form, text, found.start())) {
                    spans.add(new PersonalDataSpan(Kind.NATIONAL_ID, found.start(), found.end()));
                }
            }
        }
        if (withAmerican) {
            american.find(text)
                    .forEach(span -> spans.add(new PersonalDataSpan(Kind.NATIONAL_ID, span.start(), span.end())));
        }
        return spans.sorted();
    }

    private static boolean named(Form form, String text, int start) {
        Pattern word = form.word();
        return word == null
                || word.matcher(text.substring(Math.max(0, start - NEAR), start))
                        .find();
    }
}
