package dev.septet.activities.prepare.redaction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a text has of the parts that the patterns of addresses need: keywords of streets, and forms of postal codes. One pass over the
 * text. A feature may be reported where no pattern matches, but is never missed, so a pattern whose features are absent can be left out.
 */
final class AddressFeatures {
    /** A part that a pattern needs. */
    enum Feature {
        /** An English word for a street, such as {@code Road}. */
        ENGLISH,
        /** A word of an English street that is also another word, such as {@code Bridge}. */
        WEAK,
        FRENCH,
        SPANISH,
        ITALIAN,
        POLISH,
        /** The beginning of a post office box. */
        BOX,
        /** A German ending of a street, then a number. */
        GERMAN_NUMBER,
        /** A Dutch ending of a street, then a number. */
        DUTCH_NUMBER,
        /** Four digits or more, then a word with a capital letter. */
        CODE_CITY,
        /** Two capital letters, then five digits or more. */
        STATE_CODE,
        /** A digit and two capital letters. */
        BRITISH_CODE,
        /** A code such as {@code 00-950}. */
        POLISH_CODE,
        /** A military post office, such as {@code APO AE}. */
        MILITARY
    }

    private static final List<String> BOXES = List.of(
            "p.",
            "po box",
            "post office box",
            "postfach",
            "bo\u00eete postale",
            "apartado",
            "casella",
            "postbus",
            "caixa",
            "skrytka");

    /** A word in front of the name of a street. */
    private record Keyword(String text, Feature feature, boolean whole) {
        boolean at(String all, int start) {
            int end = start + text.length();
            return all.regionMatches(true, start, text, 0, text.length())
                    && !(whole && end < all.length() && Character.isLetter(all.charAt(end)));
        }
    }

    /** By their first letter in lower case, which is below 128. */
    private final Keyword[][] keywords = new Keyword[128][0];

    private final List<String> germanEndings;
    private final List<String> dutchEndings;

    /**
     * Lists of words in the form of regular expressions: alternatives without groups in {@code (?:...)} or {@code (?i:...)}, in
     * which only a dot is escaped and only the last character is optional.
     *
     * @param german endings of streets
     * @param dutch endings of streets
     */
    AddressFeatures(
            String english,
            Set<String> weak,
            String french,
            String spanish,
            String italian,
            String polish,
            String german,
            String dutch) {
        List<Keyword> all = new ArrayList<>();
        words(english).forEach(word -> all.add(new Keyword(word, Feature.ENGLISH, true)));
        weak.forEach(word -> all.add(new Keyword(word, Feature.WEAK, true)));
        words(french).forEach(word -> all.add(new Keyword(word, Feature.FRENCH, false)));
        words(spanish).forEach(word -> all.add(new Keyword(word, Feature.SPANISH, false)));
        words(italian).forEach(word -> all.add(new Keyword(word, Feature.ITALIAN, false)));
        words(polish).forEach(word -> all.add(new Keyword(word, Feature.POLISH, true)));
        BOXES.forEach(word -> all.add(new Keyword(word, Feature.BOX, false)));
        for (Keyword keyword : all) {
            char first = Character.toLowerCase(keyword.text().charAt(0));
            if (first >= keywords.length) {
                throw new IllegalArgumentException("a keyword begins with another letter than a to z: " + keyword);
            }
            Keyword[] longer = Arrays.copyOf(keywords[first], keywords[first].length + 1);
            longer[longer.length - 1] = keyword;
            keywords[first] = longer;
        }
        germanEndings = words(german);
        dutchEndings = words(dutch);
    }

    /** The literal beginnings of the alternatives. */
    private static List<String> words(String pattern) {
        String inner = pattern.replaceFirst("^\\(\\?i?:", "").replaceFirst("\\)(\\\\\\.\\?)?$", "");
        List<String> words = new ArrayList<>();
        for (String word : inner.split("\\|", -1)) {
            String literal = word.replaceFirst("(\\\\.|.)\\?$", "").replace("\\.", ".");
            if (literal.isEmpty() || !literal.matches("[\\p{L}./]+")) {
                throw new IllegalArgumentException("no literal word: " + word);
            }
            words.add(literal.toLowerCase(Locale.ROOT));
        }
        return words;
    }

    /** The features of a text. */
    Set<Feature> of(String text) {
        Set<Feature> found = EnumSet.noneOf(Feature.class);
        boolean inWord = false;
        for (int at = 0; at < text.length(); at++) {
            char unit = text.charAt(at);
            if (unit >= '0' && unit <= '9') {
                int end = at + 1;
                while (end < text.length() && isDigit(text, end)) {
                    end++;
                }
                number(text, at, end, found);
                at = end - 1;
                inWord = false;
            } else {
                boolean letter = Character.isLetter(unit);
                if (letter && !inWord) {
                    word(text, at, found);
                }
                inWord = letter;
            }
        }
        if (found.contains(Feature.STATE_CODE) && text.contains("PO A")) {
            found.add(Feature.MILITARY);
        }
        return found;
    }

    private void word(String text, int at, Set<Feature> found) {
        char first = Character.toLowerCase(text.charAt(at));
        if (first >= keywords.length) {
            return;
        }
        for (Keyword keyword : keywords[first]) {
            if (!found.contains(keyword.feature()) && keyword.at(text, at)) {
                found.add(keyword.feature());
            }
        }
    }

    private void number(String text, int start, int end, Set<Feature> found) {
        int length = end - start;
        if (start > 1 && text.charAt(start - 1) == ' ') {
            addEnding(text, start - 1, germanEndings, Feature.GERMAN_NUMBER, found);
            addEnding(text, start - 1, dutchEndings, Feature.DUTCH_NUMBER, found);
        }
        if (isCapital(text, end) && isCapital(text, end + 1)) {
            found.add(Feature.BRITISH_CODE);
        }
        if (length >= 4) {
            int space = end < text.length() && text.charAt(end) == ',' ? end + 1 : end;
            if (space + 1 < text.length() && text.charAt(space) == ' ' && mayBeginCity(text.charAt(space + 1))) {
                found.add(Feature.CODE_CITY);
            }
        }
        if (length >= 5
                && start > 2
                && text.charAt(start - 1) == ' '
                && isCapital(text, start - 2)
                && isCapital(text, start - 3)) {
            found.add(Feature.STATE_CODE);
        }
        if (length == 3
                && start > 2
                && text.charAt(start - 1) == '-'
                && isDigit(text, start - 2)
                && isDigit(text, start - 3)) {
            found.add(Feature.POLISH_CODE);
        }
    }

    private static void addEnding(String text, int end, List<String> endings, Feature feature, Set<Feature> found) {
        if (!found.contains(feature)
                && endings.stream()
                        .anyMatch(ending ->
                                text.regionMatches(true, end - ending.length(), ending, 0, ending.length()))) {
            found.add(feature);
        }
    }

    /** An upper-case letter, which may be outside the basic plane. */
    private static boolean mayBeginCity(char unit) {
        return Character.isUpperCase(unit) || Character.isSurrogate(unit);
    }

    private static boolean isDigit(String text, int at) {
        return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }

    private static boolean isCapital(String text, int at) {
        return at < text.length() && text.charAt(at) >= 'A' && text.charAt(at) <= 'Z';
    }
}
