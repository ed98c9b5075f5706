package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.Checks;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of personal data to remove from the rows, and their replacement.
 *
 * @param regions regions whose phone numbers are recognized in national form, in addition to those that always are: ISO
 *     3166 codes such as {@code IN}
 * @param countries countries whose national identifiers are recognized, of {@link #COUNTRIES}; empty = all of them, if the
 *     kinds have {@code nationalId}
 * @param names path of a file with the names of persons that are always found, one in each line; null for none
 */
public record RedactSpec(
        Set<Kind> kinds,
        Replacement replacement,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> regions,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> countries,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String names) {
    /** The kinds that audit logs, reviewed rows and printed lines of trainers are redacted by. */
    public static final Set<Kind> CONTACT_AND_ACCOUNT =
            java.util.Collections.unmodifiableSet(EnumSet.range(Kind.EMAIL, Kind.SSN));

    /** Countries whose national identifiers are recognized: ISO 3166 codes. */
    public static final List<String> COUNTRIES =
            List.of("AT", "BE", "BR", "DE", "ES", "FI", "FR", "GB", "IN", "IT", "NL", "NO", "PL", "SE", "US");

    /** Each region needs a pass over every text with digits. */
    public static final int MAX_REGIONS = 20;

    /** Regions without telephone numbers of their own. */
    private static final Set<String> WITHOUT_PHONES = Set.of("AQ", "BV", "GS", "HM", "PN", "TF", "UM");

    private static final Set<String> ISO = Set.of(Locale.getISOCountries());

    public RedactSpec {
        require(
                !kinds.isEmpty(),
                "redact needs at least one of email, phone, card, iban, ssn, ip, secret, birthDate, nationalId, name,"
                        + " address");
        kinds = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(kinds));
        regions = checked(regions);
        require(
                regions.isEmpty() || kinds.contains(Kind.PHONE),
                "regions: is about phone numbers, so `phone` must be among the kinds");
        countries = List.copyOf(new TreeSet<>(Checks.orEmpty(countries)));
        for (String country : countries) {
            require(
                    COUNTRIES.contains(country),
                    "countries: '%s' is not a country whose national identifiers are known; known are %s",
                    country,
                    String.join(", ", COUNTRIES));
        }
        require(
                countries.isEmpty() || kinds.contains(Kind.NATIONAL_ID),
                "countries: is about national identifiers, so `nationalId` must be among the kinds");
        require(
                names == null || kinds.contains(Kind.NAME),
                "names: is a list of names of persons, so `name` must be among the kinds");
    }

    /** Redaction of the national identifiers of all known countries, if of any. */
    public RedactSpec(Set<Kind> kinds, Replacement replacement, List<String> regions) {
        this(kinds, replacement, regions, List.of(), null);
    }

    /** Redaction without additional regions for phone numbers. */
    public RedactSpec(Set<Kind> kinds, Replacement replacement) {
        this(kinds, replacement, List.of());
    }

    /**
     * The region codes, each once and sorted.
     *
     * @throws IllegalArgumentException for the first code that is not a region with phone numbers
     */
    public static List<String> checked(@Nullable List<String> regions) {
        List<String> sorted = new ArrayList<>(new TreeSet<>(Checks.orEmpty(regions)));
        for (String region : sorted) {
            require(
                    ISO.contains(region) && !WITHOUT_PHONES.contains(region),
                    "regions: '%s' is not a region with phone numbers. Regions are ISO 3166 codes"
                            + " of two capital letters, such as 'IN' or 'BR'",
                    region);
        }
        require(sorted.size() <= MAX_REGIONS, "regions: takes at most %s regions, got %s", MAX_REGIONS, sorted.size());
        return List.copyOf(sorted);
    }

    /** Kinds of personal data that a detector recognizes. */
    public enum Kind {
        EMAIL,
        PHONE,
        CARD,
        /** International bank account numbers. */
        IBAN,
        /** Social security numbers of the United States. */
        SSN,
        /** Internet addresses: IPv4 and IPv6. */
        IP,
        /** Keys and tokens of services, private keys, and values that follow words such as {@code password}. */
        SECRET,
        /** Dates beside a word for birth, in several languages. */
        BIRTH_DATE,
        /** National identifiers; those with a check digit must have the right one. */
        NATIONAL_ID,
        /** Names of persons in a context that shows a name, by a list of given and family names, and the names of a file. */
        NAME,
        /** Postal addresses, by the patterns of their countries. */
        ADDRESS
    }

    /** The replacement of personal data. */
    public enum Replacement {
        /** The kind of the data, such as {@code [EMAIL]}. */
        MASK,
        /** The kind of the data and a keyed digest, so that equal values get equal replacements. */
        HASH,
        /**
         * The kind of the data and a number, such as {@code [EMAIL_2]}. Within a row, equal values get the same number.
         */
        PSEUDONYM,
        /** No replacement: the whole row is dropped. */
        DROP
    }
}
