package dev.septet.activities.prepare.redaction;

import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.util.List;

/** Finds one kind of personal data in a text, in time linear in its length. */
interface PersonalDataDetector {
    /** The findings from left to right, without overlaps. */
    List<PersonalDataSpan> find(String text);

    /**
     * The detector of a kind.
     *
     * @param spec the additional regions of phone numbers, and the countries of national identifiers
     * @param names names that are always found
     */
    static PersonalDataDetector of(Kind kind, RedactSpec spec, NameFile.Names names) {
        return switch (kind) {
            case EMAIL -> new EmailDetector();
            case PHONE -> new PhoneDetector(spec.regions());
            case CARD -> new CardDetector();
            case IBAN -> new IbanDetector();
            case SSN -> new SsnDetector();
            case IP -> new IpDetector();
            case SECRET -> new SecretDetector();
            case BIRTH_DATE -> new BirthDateDetector();
            case NAME -> new NameDetector(names);
            case ADDRESS -> new AddressDetector();
            case NATIONAL_ID ->
                new NationalIdDetector(spec.countries().isEmpty() ? RedactSpec.COUNTRIES : spec.countries());
        };
    }
}
