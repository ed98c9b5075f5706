package dev.septet.activities.prepare;

import dev.septet.dsl.spec.RedactSpec.Kind;

import java.util.List;

/** Finds one kind of personal data in a text, in time that grows with the text's length only. */
interface Detector {
    /** Where it stands, from left to right, without overlaps. */
    List<Span> find(String text);

    static Detector of(Kind kind) {
        return switch (kind) {
            case EMAIL -> new EmailDetector();
            case PHONE -> new PhoneDetector();
            case CARD -> new CardDetector();
            case IBAN -> new IbanDetector();
            case SSN -> new SsnDetector();
        };
    }
}
