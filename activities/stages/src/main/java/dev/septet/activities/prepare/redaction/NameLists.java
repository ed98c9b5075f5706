package dev.septet.activities.prepare.redaction;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Given names, family names and words for streets of the locales with Latin letters in Datafaker 2.7.0 (Apache 2.0). They
 * are read once in a process, about 50,000 names.
 *
 * @param first given names, in small letters
 * @param last family names, in small letters; of several words only the last one
 * @param certainFirst given names that are no other word
 * @param certainLast family names that are no other word
 * @see <a href="https://github.com/datafaker-net/datafaker">Datafaker</a>
 */
record NameLists(Set<String> first, Set<String> last, Set<String> certainFirst, Set<String> certainLast) {
    private static final List<String> LOCALES = List.of(
            "ca", "cs", "cs-CZ", "da-DK", "de", "de-AT", "de-CH", "en/name", "en-AU", "en-GB", "en-IE", "en-IN",
            "en-NG", "en-NZ", "en-ZA", "es", "es-AR", "es-MX", "fi-FI", "fr", "fr-CA", "fr-CH", "hr", "hu", "it", "lv",
            "nb-NO", "no-NO", "pl", "pt", "pt-BR", "sk", "sv", "tr");

    /** Long lists of a register, where every rare name is a name, and many are other words in other languages. */
    private static final List<String> REGISTERS = List.of("nl");

    /** Given names of this length are seldom another word. */
    private static final int LONG_NAME = 6;

    private static final class Lazily {
        private static final NameLists LISTS = read();
    }

    private static final class Streets {
        private static final Set<String> WORDS = readStreets();
    }

    /** The lists, which the first call reads. */
    static NameLists get() {
        return Lazily.LISTS;
    }

    /** Words such as {@code Street}, which are also other words; the first call reads them, without the names. */
    static Set<String> streets() {
        return Streets.WORDS;
    }

    private static NameLists read() {
        Set<String> certainFirst = new HashSet<>();
        Set<String> certainLast = new HashSet<>();
        for (String locale : LOCALES) {
            add(locale, certainFirst, certainLast);
        }
        Set<String> first = new HashSet<>(certainFirst);
        Set<String> last = new HashSet<>(certainLast);
        for (String locale : REGISTERS) {
            add(locale, first, last);
        }
        first.stream().filter(name -> name.length() >= LONG_NAME).forEach(certainFirst::add);
        first.removeAll(NameTerms.NO_NAMES);
        last.removeAll(NameTerms.NO_NAMES);
        certainFirst.removeAll(NameTerms.NO_NAMES);
        certainLast.removeAll(NameTerms.NO_NAMES);
        certainFirst.removeAll(NameTerms.ALSO_WORDS);
        certainLast.removeAll(NameTerms.ALSO_WORDS);
        return new NameLists(Set.copyOf(first), Set.copyOf(last), Set.copyOf(certainFirst), Set.copyOf(certainLast));
    }

    private static Set<String> readStreets() {
        Set<String> streets = new HashSet<>();
        for (JsonNode names : file("en/address").findValues("street_suffix")) {
            names.forEach(name -> streets.add(name.asText()));
        }
        return Set.copyOf(streets);
    }

    private static void add(String locale, Set<String> first, Set<String> last) {
        for (JsonNode root : file(locale)) {
            JsonNode names = root.path("faker").path("name");
            names.properties().forEach(entry -> {
                if (entry.getKey().endsWith("first_name")) {
                    add(entry.getValue(), first);
                } else if (entry.getKey().endsWith("last_name")) {
                    add(entry.getValue(), last);
                }
            });
        }
    }

    private static void add(JsonNode names, Set<String> set) {
        for (JsonNode name : names) {
            String text = name.asText();
            String word = NameWords.key(text.substring(text.lastIndexOf(' ') + 1));
            if (word.length() > 2 && word.chars().allMatch(c -> Character.isLetter(c) || c == '\'' || c == '-')) {
                set.add(word);
            }
        }
    }

    private static JsonNode file(String name) {
        try (InputStream in = NameLists.class.getClassLoader().getResourceAsStream(name + ".yml")) {
            if (in == null) {
                throw new IllegalStateException("the list of names " + name + ".yml is missing; is datafaker in lib/?");
            }
            return new YAMLMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
