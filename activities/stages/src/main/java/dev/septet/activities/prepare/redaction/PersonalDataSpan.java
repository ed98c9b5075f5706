package dev.septet.activities.prepare.redaction;

import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;

/**
 * Where personal data stands in a text.
 *
 * @param start first UTF-16 unit
 * @param end behind the last one
 */
record PersonalDataSpan(Kind kind, int start, int end) {
    boolean overlaps(PersonalDataSpan other) {
        return start < other.end && other.start < end;
    }
}
