package dev.septet.activities.prepare.redaction;

import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.util.List;

/** Finds one kind of personal data in a text, in time that grows with the text's length only. */
interface PersonalDataDetector {
    /** Where it stands, from left to right, without overlaps. */
    List<PersonalDataSpan> find(String text);

    /**
     * @param regions whose national phone numbers are looked for beside those that always are
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
