package dev.septet.activities.prepare.redaction;

import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;

/**
 * The position of personal data in a text.
 *
 * @param start first UTF-16 unit
 * @param end after the last UTF-16 unit
 */
record PersonalDataSpan(Kind kind, int start, int end) {
    boolean overlaps(PersonalDataSpan other) {
        return start < other.end && other.start < end;
    }
}
