package dev.septet.activities.prepare.redaction;

import dev.septet.activities.prepare.redaction.AddressFeatures.Feature;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Detects postal addresses: a street with its number, and what follows of postal code and city; post office boxes; and a
 * city with its postal code in the forms of the United States, Great Britain and Poland. A city alone, and a number of five
 * digits alone, are none. The patterns are those of English, German, French, Spanish, Italian, Polish, Dutch and Portuguese.
 * The number of repetitions in each pattern is bounded, so the time is linear in the length of the text. A pattern is searched for
 * only in texts that have its {@link AddressFeatures}.
 */
final class AddressDetector implements PersonalDataDetector {
    private static final String WORD = "(?:\\p{Lu}\\p{L}{0,3}\\.(?= )|\\p{Lu}[\\p{L}\\p{M}'\u2019-]{0,30}+)";
    private static final String LINK = "(?:de la|de las|de los|de"
            + " l['\u2019]|d['\u2019]|l['\u2019]|dell['\u2019]|de|des|del|du|della|delle|dei|degli|di|da|do|dos|das|la|le|les|las|los|el|von|van|der|den|zum|zur|am|an"
            + " der|bei|im|in|on|upon|y|e|i)";
    private static final String LINKED = "(?:" + LINK + "(?: |(?<=['\u2019]))){0,2}" + WORD;
    private static final String CITY = WORD + "(?:[ -]" + LINKED + "){0,3}";
    private static final String BREAK = "(?:,? {0,2}\\n ?| ?, ?| )";
    private static final String BEFORE = "(?<![\\p{L}\\p{M}\\d])";
    private static final String NUMBER =
            "\\d{1,4}(?: ?[a-zA-Z](?![\\p{L}]))?(?:[/-]\\d{1,4}[a-zA-Z]?)?(?![\\p{L}\\d])(?![.,]\\d)";
    private static final String UNIT = "(?:,? ?\\n"
            + "?(?:(?i:apt|apartment|suite|ste|unit|floor|flat|room|piso|puerta|esc|appartamento|piano|interno|appartement|\u00e9tage|m\\.|lok\\.|bus)\\.?"
            + " ?#?[\\p{L}\\d\u00ba\u00b0-]{1,8}|#\\d{1,6}|\\d{1,2}\u00ba ?[A-Za-z]?))?";

    private static final String STATE =
            "(?:A[AEKLPRZ]|C[AOT]|D[CE]|F[LM]|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEHINOPST]|N[CDEHJMVY]"
                    + "|O[HKR]|P[ARW]|RI|S[CD]|T[NX]|UT|V[AIT]|W[AIVY])";
    private static final String US_CITY = CITY + ",? " + STATE + " \\d{5}(?:-\\d{4})?(?!\\d)";
    private static final String UK_CODE = "[A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2}(?![\\p{L}\\d])";
    private static final String PLAIN_CODE_CITY =
            "(?:(?:D|A|CH|DE|AT|F|FR|E|ES|I|IT)-)?\\d{4,5},? " + CITY + "(?: \\([A-Z]{2}\\))?";
    private static final String CITY_CODE = CITY + ", \\d{5}(?!\\d)";
    private static final String PL_CITY = "\\d{2}-\\d{3} " + CITY;
    private static final String NL_CITY = "\\d{4} ?[A-Z]{2} " + CITY;
    private static final String PT_CITY =
            "(?:\\d{4,5}-\\d{3} " + CITY + "|" + CITY + "(?: ?[-/,] ?[A-Z]{2})?,? \\d{5}-\\d{3})";

    private static final String EN_STREETS =
            "(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Square"
                    + "|Terrace|Parkway|Pkwy|Highway|Hwy|Crescent|Close|Mews|Alley|Gardens|Grove|Causeway|Turnpike|Way|Circle)";
    private static final String EN_NUMBER =
            "\\d{1,6}[A-Za-z]?(?:-\\d{1,5})? (?:(?:[NSEW]\\.?|North|South|East|West) )?";
    private static final String EN_NAME = "(?:(?:" + WORD + "|\\d{1,3}(?:st|nd|rd|th)) ){1,4}?";

    private static final String DE_NO_STREET =
            "(?!(?i:park|stell|sitz|arbeits|start|steh|spiel|lager|speicher|studien|ausbildungs|hinter|bahn|dienst|l\u00f6sungs"
                    + "|rechen|um|aus|hin|r\u00fcck|schul|trink|liefer|transport|vertriebs|bildungs|lebens|rechts|k\u00e4se|hosen)(?:platz|weg|ring|steig))";
    private static final String DE_ENDINGS =
            "(?:stra\u00dfe|strasse|str\\.|str|weg|allee|gasse|platz|ring|damm|ufer|steig"
                    + "|pfad|chaussee|stieg|graben|promenade)";
    private static final String DE_STREET =
            "(?:" + WORD + "[ -]){0,3}?" + DE_NO_STREET + "\\p{Lu}[\\p{L}\\p{M}-]{1,40}?" + DE_ENDINGS;
    private static final String DE_STREETS = "(?:" + WORD
            + "[ -]){1,3}(?:Stra\u00dfe|Strasse|Str\\.|Weg|Allee|Gasse|Platz|Ring|Damm|Ufer|Chaussee|Steig|Promenade)";
    private static final String DE_SITE = "(?:Am|An der|An den|Auf der|Auf dem|Im|In der|Zum|Zur|Unter den|Hinter der|"
            + WORD + ")(?: " + WORD + "){0,2}";

    private static final String FR_STREETS =
            "(?i:rue|avenue|av\\.|boulevard|bd|blvd|place|impasse|chemin|all\u00e9e|all\u00e9es|quai|cours|route|square|passage|sentier"
                    + "|faubourg|villa|ruelle|esplanade|promenade|voie)\\.?";
    private static final String ES_STREETS =
            "(?i:c/|calle|c\\.|vial|avenida|avda\\.?|av\\.|plaza|pza\\.?|paseo|camino|carretera|ctra\\.?|ronda|traves\u00eda|callej\u00f3n"
                    + "|alameda|glorieta|rambla|v\u00eda|urbanizaci\u00f3n|cuesta|pasaje|acceso|ca\u00f1ada|pasadizo|rua|travessa|pra\u00e7a|estrada)";
    private static final String IT_STREETS =
            "(?i:via|viale|v\\.le|piazza|p\\.zza|corso|c\\.so|largo|vicolo|strada|contrada|borgo|piazzale|lungomare|rotonda|canale"
                    + "|incrocio|stretto|galleria|salita|calata)";
    private static final String PL_STREETS = "(?i:ul\\.?|ulica|al\\.|aleja|aleje|pl\\.|plac|os\\.|osiedle|rondo)";
    private static final String NL_ENDINGS = "(?:straat|laan|plein|gracht|kade|dijk|steeg|singel)";
    private static final String NL_STREET = "\\p{Lu}[\\p{L}\\p{M}'\u2019 -]{1,40}?" + NL_ENDINGS;
    private static final String NAME =
            "(?: " + LINK + "(?: |(?<=['\u2019]))){0,2} ?" + LINKED + "(?:[ -]" + LINKED + "){0,4}";
    private static final String AFTER_NAME = ",? (?:(?:n\\.?[\u00ba\u00b0o]?|n\u00fam\\.?|n\u00famero|nr\\.?) ?)?";

    private static final String BOX =
            "(?i:p\\. ?o\\. ?box|po box|post office box|postfach|bo\u00eete postale|apartado(?: de correos)?|casella"
                    + " postale|postbus|caixa postal|skrytka pocztowa)[ :]{1,2}(?:nr\\.? |n\\.? ?)?\\d(?:"
                    + " ?\\d){0,8}(?!\\d)";

    /**
     * A form of addresses.
     *
     * @param needs each text with a match has at least one feature of each of these sets
     */
    private record Form(Pattern pattern, List<Set<Feature>> needs) {
        static Form of(String pattern, Feature... all) {
            return new Form(compiled(pattern), Arrays.stream(all).map(Set::of).toList());
        }

        static Pattern compiled(String pattern) {
            return Pattern.compile(BEFORE + "(?:" + pattern + ")");
        }

        boolean possible(Set<Feature> features) {
            for (Set<Feature> any : needs) {
                if (Collections.disjoint(any, features)) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final AddressFeatures FEATURES = new AddressFeatures(
            EN_STREETS, NameLists.streets(), FR_STREETS, ES_STREETS, IT_STREETS, PL_STREETS, DE_ENDINGS, NL_ENDINGS);

    private static final List<Form> FORMS = forms();

    private static List<Form> forms() {
        String weak = NameLists.streets().stream()
                .sorted(Comparator.<String>comparingInt(String::length)
                        .reversed()
                        .thenComparing(Comparator.naturalOrder()))
                .map(Pattern::quote)
                .collect(Collectors.joining("|", "(?:", ")"));
        String usTail = "(?:" + BREAK + "(?:" + CITY + BREAK + ")?(?:" + US_CITY + "|" + UK_CODE + "|" + CITY + BREAK
                + UK_CODE + "))";
        String tail = "(?:" + BREAK + "(?:" + PLAIN_CODE_CITY + "|" + CITY_CODE + "|" + PL_CITY + "|" + PT_CITY + "))";
        String itTail = "(?:" + BREAK + "\\d{5},? [\\p{L}'\u2019 -]{2,40}? \\([A-Z]{2}\\))";
        String frTail = "(?:" + BREAK + PLAIN_CODE_CITY + ")";
        return List.of(
                Form.of(EN_NUMBER + EN_NAME + EN_STREETS + "(?![\\p{L}])\\.?" + UNIT + usTail + "?", Feature.ENGLISH),
                new Form(
                        Form.compiled(EN_NUMBER + EN_NAME + weak + "(?![\\p{L}])" + UNIT + usTail),
                        List.of(Set.of(Feature.WEAK), Set.of(Feature.STATE_CODE, Feature.BRITISH_CODE))),
                Form.of("(?:" + DE_STREETS + "|" + DE_STREET + ") " + NUMBER + frTail + "?", Feature.GERMAN_NUMBER),
                Form.of(DE_SITE + " " + NUMBER + BREAK + "(?:(?:D|A|CH|DE|AT)-)?\\d{4,5} " + CITY, Feature.CODE_CITY),
                Form.of(
                        "\\d{1,4}(?: ?(?:bis|ter|quater|[A-D]))?,? " + FR_STREETS + NAME + "(?![\\p{L}])" + frTail
                                + "?",
                        Feature.FRENCH),
                Form.of(FR_STREETS + NAME + frTail, Feature.FRENCH, Feature.CODE_CITY),
                Form.of(ES_STREETS + NAME + AFTER_NAME + NUMBER + UNIT + " ?" + tail + "?", Feature.SPANISH),
                Form.of(
                        IT_STREETS + NAME + AFTER_NAME + NUMBER + UNIT + "(?:" + itTail + "|" + tail + ")?",
                        Feature.ITALIAN),
                Form.of(
                        PL_STREETS + " (?:" + WORD + "|\\d{1,2})(?: " + WORD + "){0,3}? " + NUMBER + UNIT + tail + "?",
                        Feature.POLISH),
                Form.of(NL_STREET + " " + NUMBER + "(?:" + BREAK + NL_CITY + ")?", Feature.DUTCH_NUMBER),
                Form.of(
                        "(?:(?:PSC|CMR|Unit) \\d{1,5},? Box \\d{1,5}|US[NC]?[SG]?S?C? " + WORD + ")" + BREAK
                                + "[AFD]PO A[AEP] \\d{5}(?!\\d)",
                        Feature.MILITARY),
                Form.of(US_CITY, Feature.STATE_CODE),
                Form.of(CITY + BREAK + UK_CODE, Feature.BRITISH_CODE),
                Form.of("(?<=[,\\n] ?)" + PL_CITY, Feature.POLISH_CODE),
                Form.of(BOX + "(?:" + usTail + "|" + tail + ")?", Feature.BOX));
    }

    @Override
    public List<PersonalDataSpan> find(String text) {
        if (text.chars().noneMatch(c -> c >= '0' && c <= '9')) {
            return List.of();
        }
        Set<Feature> features = FEATURES.of(text);
        return find(text, form -> form.possible(features));
    }

    /** Searches for all forms; for tests. */
    List<PersonalDataSpan> findAll(CharSequence text) {
        return find(text, form -> true);
    }

    private List<PersonalDataSpan> find(CharSequence text, Predicate<Form> chosen) {
        List<PersonalDataSpan> found = new ArrayList<>();
        for (Form form : FORMS) {
            if (!chosen.test(form)) {
                continue;
            }
            Matcher match = form.pattern().matcher(text);
            while (match.find()) {
                found.add(new PersonalDataSpan(Kind.ADDRESS, match.start(), match.end()));
            }
        }
        found.sort(Comparator.<PersonalDataSpan>comparingInt(span -> span.start() - span.end())
                .thenComparingInt(PersonalDataSpan::start));
        NonOverlappingSpans spans = new NonOverlappingSpans();
        found.forEach(spans::add);
        return spans.sorted();
    }
}
