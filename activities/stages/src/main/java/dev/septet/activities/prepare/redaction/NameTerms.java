package dev.septet.activities.prepare.redaction;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Words that show a name, and words that look like one, in English, German, French, Spanish, Italian, Polish, Dutch and Portuguese. */
final class NameTerms {
    /** Titles before a family name or a full name. */
    static final Set<String> TITLES = words("mr mrs ms miss mister mx dr prof professor doctor sir madam"
            + " herr herrn frau doktor fr\u00e4ulein"
            + " monsieur madame mademoiselle mme mlle docteur"
            + " se\u00f1or se\u00f1ora se\u00f1orita sr sra srta doctora don do\u00f1a"
            + " signor signore signora signorina sig dott dottor dottoressa"
            + " pan pani pana panem panu pa\u0144stwo"
            + " meneer mevrouw mijnheer dhr mevr"
            + " senhor senhora dona");

    /** Titles that are also other words: in a title they begin with a capital letter, or a listed name follows. */
    static final Set<String> UNSURE_TITLES = words("don miss sir doctor professor madam sig sr");

    /** Words between the parts of a name. */
    static final Set<String> PARTICLES =
            words("von van der den de del della di da dos das do la le los ter ten zu zum zur af bin ibn y e");

    /** Words of the end of a letter. */
    static final Set<String> CLOSINGS = words(
            "wishes",
            "regards sincerely cheers thanks yours truly faithfully"
                    + " gr\u00fc\u00dfe gr\u00fc\u00dfen gr\u00fcssen gr\u00fcsse gru\u00df gruss lg mfg vg"
                    + " cordialement amicalement bient\u00f4t salutations"
                    + " saludos atentamente abrazo"
                    + " saluti cordialit\u00e0 cordialmente"
                    + " pozdrawiam pozdrowienia powa\u017caniem"
                    + " groeten groet");

    /** Words before the name of the person to whom the text speaks. */
    static final Set<String> GREETINGS = words("hi hello hey dear hallo hej liebe lieber servus moin"
            + " bonjour salut cher ch\u00e8re coucou"
            + " hola querido querida estimado estimada"
            + " ciao caro cara gentile salve"
            + " cze\u015b\u0107 drogi droga witaj"
            + " beste geachte ol\u00e1 oi");

    /** Phrases before the name of the writer; the name may be in no list. */
    static final Set<String> INTRODUCTIONS =
            phrases("my name is|my full name is|name's|ich hei\u00dfe|ich heisse|mein name ist|mein name lautet|je"
                    + " m'appelle|mon nom est|me llamo|mi nombre es|mi chiamo|il mio nome \u00e8|nazywam si\u0119|mam na"
                    + " imi\u0119|ik heet|mijn naam is|chamo-me|meu nome \u00e9|jag heter|heter jag");

    /** Phrases before a name, or before other words: the name must be in the list. */
    static final Set<String> HINTS =
            phrases("i am|i'm|this is|it's|here is|signed|ich bin|hier ist|hier spricht|je suis|c'est|ici"
                    + "|soy|habla|sono|qui|jestem|tu|ik ben|sou|spoke with|talked to|spoke to|called|named|by|mit|von"
                    + "|avec|con|z|with|from|from|contact|ask for|met|attn|an");

    /** The first words of the phrases. */
    static final Set<String> FIRST_OF_PHRASES = Stream.concat(INTRODUCTIONS.stream(), HINTS.stream())
            .map(phrase -> phrase.split(" ", 2)[0])
            .collect(Collectors.toUnmodifiableSet());

    /** Labels of a field with a name: a colon follows. */
    static final Set<String> LABELS = words("name names contact customer client patient kunde kundin ansprechpartner"
            + " ansprechpartnerin kontakt vorname nachname empf\u00e4nger absender nom pr\u00e9nom contacto nombre cliente"
            + " destinatario nome cognome contatto imi\u0119 nazwisko klient klientka kontaktowa naam klant author"
            + " employee applicant tenant recipient sender signature");

    /** Words after which a name is a part of another name: a street, a place, a saint. */
    static final Set<String> NAMES_OF_PLACES = words(
            "san santa sant santo saint st sankt ste sainte s\u00e3o rue avenue boulevard place via viale piazza corso"
                    + " calle plaza avenida paseo ulica ul plac aleja lake lago mount monte mont port fort cape new nueva"
                    + " los las el north south east west bad platz stra\u00dfe stadion station gare a\u00e9roport airport"
                    + " estaci\u00f3n aeropuerto stazione fermata aeroporto stacja bahnhof school \u00e9cole lyc\u00e9e"
                    + " escuela colegio instituto h\u00f4pital hospital ospedale szpital museum mus\u00e9e museo fondation"
                    + " fundaci\u00f3n alfa");

    /** Words that are no part of a name: places, organizations, roles, days and function words. */
    static final Set<String> NO_NAMES = words(
            "the and but for not you your our his her its this that with from have has had are was were will can could"
                    + " would should may might must what when where which who whom how why all any both each few more most"
                    + " other some such only own same so than too very just now here there then once again even many see"
                    + " take like fine date hello dear please thanks thank yes die der das den dem des ein eine einer"
                    + " eines einem und oder aber nicht mit von vom bei aus nach seit f\u00fcr durch gegen ohne um als wie"
                    + " wenn weil dass ich sie wir ihr mein dein sein seine unser euer kein keine nur noch schon auch dann"
                    + " dort darin davor bald jene wen lang tage man nun im am zum zur beim kunde alleen allen anders else"
                    + " elle elles celle quel juste les tes une aux mes ses nos vos leur leurs dans sur pour par avec sans"
                    + " sous plus moins tout tous que qui quoi dont mais donc car los las una uno del por para con sin"
                    + " sobre entre hasta desde muy pero como este esta esto ese esa eso mucho nada nadie hacer sus era"
                    + " segundo quinto quinta quarto primo secondo della dell delle dalla nella nelle nell nel per tra fra"
                    + " non che chi cui sono mio mia mie miei tuo tua suo sua citta gia hai hanno ora quer uma seu sua dos"
                    + " das nas sem jest oraz lub nie tak jak jako kto jego jej ich nasz nasza wasz moja m\u00f3j inna"
                    + " inne tam tej nam het een van voor naar maar ook niet wel geen hij zij wij hun hem haar mijn wil"
                    + " are bara have monday tuesday wednesday thursday friday saturday sunday january february march july"
                    + " september october november december montag dienstag mittwoch donnerstag freitag samstag sonntag"
                    + " januar februar m\u00e4rz juni juli oktober dezember lundi mardi mercredi jeudi vendredi samedi"
                    + " dimanche lunes martes mi\u00e9rcoles jueves viernes s\u00e1bado domingo team support service"
                    + " services customer customers client clients department sales office manager director president"
                    + " minister chancellor king queen prince princess pope captain general major university college"
                    + " school hospital clinic hotel airport station street road avenue square park bridge tower center"
                    + " centre museum theatre theater church cathedral foundation institute company corporation inc ltd"
                    + " llc plc gmbh ag kg se sa sas sarl srl spa bv nv group holding holdings bank insurance motors motor"
                    + " airlines airways records pictures studios studio software systems technologies technology"
                    + " solutions consulting partners award prize cup league stadium arena festival model edition version"
                    + " series pro max mini plus express prime kundenservice kundendienst abteilung vertrieb firma"
                    + " stra\u00dfe platz weg stadt kirche schule universit\u00e4t krankenhaus bahnhof flughafen brauerei"
                    + " verlag versicherung rechnung bestellung vertrag konto nummer adresse termin universe world"
                    + " everyone everybody all folks sirs madam colleagues friends america asia europe africa china india"
                    + " cuba france germany spain italy poland england ireland scotland london berlin paris madrid rome"
                    + " roma warsaw vienna washington california florida texas virginia louisiana maryland indiana sydney"
                    + " milan milano napoli venezia torino kyiv english german french spanish italian polish dutch"
                    + " american kollegen kolleginnen zusammen leute freunde damen herren kunden kundin equipo \u00e9quipe"
                    + " amigos amici utente cliente clienti servizio pa\u0144stwo wszystkim zesp\u00f3\u0142 dzia\u0142"
                    + " obs\u0142ugi \u00e0 au bot assistant assistent pepper martens oetker scholl m\u00fcnchen hamburg"
                    + " k\u00f6ln frankfurt stuttgart lyon marseille barcelona sevilla");

    /** Names that are also other words, or names of places: each needs another name beside it that is only a name. */
    static final Set<String> ALSO_WORDS =
            words("mark miss spring grant hope chance love mate major bill rich lot star desire floor long grace radio"
                    + " lean junior fancy sun age kick honor bud faith conception storm brain song art brand storm crystal"
                    + " dawn harmony christian bell constant charity temple honey merit marvel noble glory echo jet mercy"
                    + " liberty modest young blossom boy golden rosy buck skip flip ward hero roman homer novel spike"
                    + " earnest maple rusty rose modesty urban georgia melody brook marry lane ray porter guy chin lady"
                    + " jelly winter brick amber lovely destiny ally chuck merry rod tea pit peer precious diamond penny"
                    + " sage royal herb violet pearl page venus scout chase wander forest ivory marine moon lucky joy"
                    + " stormy cheyenne eve rob season dot loan pat peg daisy tiny valid windy velvet willow dallas jewel"
                    + " april rosette hyacinth denver lincoln berry belle heavenly olive wade mars maxim buddy lance"
                    + " sherry patience delta tawny sultan daily sabine ivy newton fairy wolf coral christ sunshine sue"
                    + " alpha edit autumn angel misty summer genie lotus brandy hazel linden cleveland sunny felicity"
                    + " easter cliff pike candy august vanity austin sonny sky rocky vital victor poppy foster freeman"
                    + " dane phoenix pansy prosper dante odessa jade ruby brooklyn birdie kit ebony savannah mike beau"
                    + " clay prudence abbey sandy ridge hunter dean duke earl houston frank elm manual myrtle columbus"
                    + " piper heaven ocean genesis sterling june florence gable jordan israel chad carolina dakota montana"
                    + " madison jackson chelsea lourdes mercedes alexa siri black white brown green gray grey stone hill"
                    + " wood woods field fields bush cook baker cross price sharp small short little power powers post"
                    + " block hand land park hall rice frost fox bird fish banks law day best west north camp pool gold"
                    + " silver marsh moss lake rivers bridges church knight bishop pope mason carpenter farmer fisher"
                    + " shepherd walker parker ernst kaiser koch schwarz wei\u00df klein gro\u00df lange kurz vogel winter"
                    + " sommer herbst berg stein bach busch baum zimmer richter becker fischer schneider weber bauer jung"
                    + " neu reich stark krieg frei fromm sauer bunge markt bruder graf haus petit blanc leroux brun roux"
                    + " marchand berger chevalier fontaine boulanger noir rey moulin baron royer carre paris breton blanco"
                    + " rubio moreno delgado bravo cruz reyes flores rosa rosario pilar paz sol luz mar consuelo remedios"
                    + " dolores iglesias rossi bianchi neri verdi leone costa serra fontana marino monti villa conte gatti"
                    + " sera vera vita bella bruna nova stella nowak lis kruk wilk zaj\u0105c mazur kowal wrona mr\u00f3z"
                    + " ciesla natura mai");

    private NameTerms() {}

    private static Set<String> words(String... words) {
        return Arrays.stream(String.join(" ", words).split(" "))
                .map(NameWords::key)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Set<String> phrases(String phrases) {
        return Arrays.stream(phrases.split("\\|")).map(NameWords::key).collect(Collectors.toUnmodifiableSet());
    }
}
