package dev.septet.dsl.spec;

import static dev.septet.dsl.spec.Checks.require;

import java.util.Set;
import java.util.TreeSet;

/** Which kinds of personal data are removed from the rows, and what stands in their place. */
public record RedactSpec(Set<Kind> kinds, Replacement replacement) {
    public RedactSpec {
        require(!kinds.isEmpty(), "redact needs at least one of email, phone, card, iban, ssn");
        kinds = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(kinds));
    }

    /** Personal data that a detector knows. */
    public enum Kind {
        EMAIL,
        PHONE,
        CARD,
        /** International bank account numbers. */
        IBAN,
        /** Social security numbers of the United States. */
        SSN
    }

    /** What stands where personal data stood. */
    public enum Replacement {
        /** A word for its kind, such as {@code [EMAIL]}. */
        MASK,
        /** A word for its kind and a keyed digest: equal values stay equal. */
        HASH,
        /** Nothing: the whole row goes. */
        DROP
    }
}
