package dev.septet.activities.prepare.redaction;

import dev.septet.activities.prepare.KeyedDigest;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Replacement;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Replaces personal data in texts. */
public final class Redactor {
    /**
     * From the most certain kind to the least certain; of two overlapping findings the more certain
     * one counts.
     */
    private static final List<Kind> CERTAIN_FIRST = List.of(
            Kind.IBAN,
            Kind.CARD,
            Kind.SECRET,
            Kind.EMAIL,
            Kind.SSN,
            Kind.BIRTH_DATE,
            Kind.IP,
            Kind.NATIONAL_ID,
            Kind.ADDRESS,
            Kind.PHONE,
            Kind.NAME);

    private final List<PersonalDataDetector> detectors;
    private final boolean findsNames;
    private final Replacement replacement;
    private final KeyedDigest digest;

    /**
     * @param digest computes the digests of the replacement by hash
     */
    Redactor(RedactSpec spec, KeyedDigest digest) {
        this(spec, digest, NameFile.Names.NONE);
    }

    /**
     * @param names names that are always found
     */
    Redactor(RedactSpec spec, KeyedDigest digest, NameFile.Names names) {
        this.detectors = CERTAIN_FIRST.stream()
                .filter(spec.kinds()::contains)
                .map(kind -> PersonalDataDetector.of(kind, spec, names))
                .toList();
        this.findsNames = spec.kinds().contains(Kind.NAME);
        this.replacement = spec.replacement();
        this.digest = digest;
    }

    /**
     * A redactor that replaces these kinds with {@code [EMAIL]} and the like.
     *
     * @param regions additional regions whose national phone numbers are detected
     */
    public static Redactor masking(Set<Kind> kinds, List<String> regions) {
        return new Redactor(new RedactSpec(kinds, Replacement.MASK, regions), new KeyedDigest(new byte[] {0}));
    }

    /** The text with all findings replaced. */
    public String redacted(String text) {
        Pseudonyms row = new Pseudonyms();
        List<PersonalDataSpan> spans = find(text, row);
        return spans.isEmpty() ? text : replace(text, spans, row);
    }

    /** The numbers of values in one row, and the names that were found in it. */
    static final class Pseudonyms {
        private final RowNames names = new RowNames();
        private final Map<Kind, Map<String, Integer>> numbers = new EnumMap<>(Kind.class);

        private int number(Kind kind, String value) {
            Map<String, Integer> known = numbers.computeIfAbsent(kind, any -> new HashMap<>());
            return known.computeIfAbsent(value, any -> known.size() + 1);
        }
    }

    /** Whether a row with a finding is dropped. */
    boolean dropsRows() {
        return replacement == Replacement.DROP;
    }

    /** The findings in the text, from left to right, without overlaps. */
    List<PersonalDataSpan> find(String text) {
        return find(text, new Pseudonyms());
    }

    /**
     * The findings in a text of a row.
     *
     * @param row knows the names in the row's earlier texts, whose parts are found in this text
     */
    List<PersonalDataSpan> find(String text, Pseudonyms row) {
        NonOverlappingSpans found = new NonOverlappingSpans();
        for (PersonalDataDetector detector : detectors) {
            detector.find(text).forEach(found::add);
        }
        if (findsNames) {
            row.names.learn(text, found.sorted());
            row.names.find(text).forEach(found::add);
        }
        return found.sorted();
    }

    /**
     * The text with these findings replaced.
     *
     * @param row numbers of the values in the row's other texts
     */
    String replace(String text, List<PersonalDataSpan> spans, Pseudonyms row) {
        StringBuilder clean = new StringBuilder();
        int at = 0;
        for (PersonalDataSpan span : spans) {
            clean.append(text, at, span.start())
                    .append(word(span.kind(), text.substring(span.start(), span.end()), row));
            at = span.end();
        }
        return clean.append(text, at, text.length()).toString();
    }

    private String word(Kind kind, String value, Pseudonyms row) {
        return switch (replacement) {
            case HASH -> "[" + kind + ":" + digest.of(canonical(kind, value, row)) + "]";
            case PSEUDONYM -> "[" + kind + "_" + row.number(kind, canonical(kind, value, row)) + "]";
            case MASK, DROP -> "[" + kind + "]";
        };
    }

    /** Normalizes a value, so that two spellings of one number have the same digest. */
    private static String canonical(Kind kind, String value, Pseudonyms row) {
        return switch (kind) {
            case EMAIL -> value.toLowerCase(java.util.Locale.ROOT);
            case IBAN -> value.replaceAll("[^0-9A-Za-z]", "").toUpperCase(java.util.Locale.ROOT);
            case CARD, PHONE, SSN -> value.replaceAll("[^0-9+]", "");
            case IP -> value.toLowerCase(java.util.Locale.ROOT);
            case NATIONAL_ID -> value.replaceAll("[^0-9A-Za-z]", "").toUpperCase(java.util.Locale.ROOT);
            case NAME -> row.names.whole(value);
            case ADDRESS -> value.replaceAll("[\\s,]+", " ").strip().toLowerCase(java.util.Locale.ROOT);
            case SECRET, BIRTH_DATE -> value;
        };
    }
}
