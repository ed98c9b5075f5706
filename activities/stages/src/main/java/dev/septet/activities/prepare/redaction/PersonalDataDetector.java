package dev.septet.activities.prepare.redaction;

import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.util.List;

/** Finds one kind of personal data in a text, in time linear in its length. */
interface PersonalDataDetector {
    /** The findings from left to right, without overlaps. */
    List<PersonalDataSpan> find(String text);

    /**
     * @param regions additional regions whose national phone numbers are detected
     */
    static PersonalDataDetector of(Kind kind, List<String> regions) {
        return switch (kind) {
            case EMAIL -> new EmailDetector();
            case PHONE -> new PhoneDetector(regions);
            case CARD -> new CardDetector();
            case IBAN -> new IbanDetector();
            case SSN -> new SsnDetector();
        };
    }
}
