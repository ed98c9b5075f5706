package dev.septet.activities.prepare.redaction;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The words of a text, for names. A word has letters and marks, also with an apostrophe or a hyphen between letters. The
 * English ending {@code 's} is not a part of it.
 */
final class NameWords {
    private static final int WIDEST_GAP = 3;

    private final String text;
    private final List<Word> words;

    private NameWords(String text, List<Word> words) {
        this.text = text;
        this.words = words;
    }

    /** Letter case of a word. */
    enum Shape {
        /** Begins with a small letter, or with a letter of a script without letter case. */
        SMALL,
        /** Begins with a capital letter. */
        CAPITAL,
        /** Has two or more letters, all capital. */
        ALL_CAPITAL
    }

    /**
     * A word.
     *
     * @param start first UTF-16 unit
     * @param end after the last UTF-16 unit
     * @param key the word in small letters, without marks
     */
    record Word(int start, int end, String key, Shape shape) {
        boolean capital() {
            return shape == Shape.CAPITAL;
        }

        boolean initial() {
            return capital() && end - start == 1;
        }
    }

    static NameWords of(String text) {
        List<Word> words = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            if (!Character.isLetter(text.charAt(at))) {
                at++;
                continue;
            }
            int end = at + 1;
            while (end < text.length() && (isPart(text.charAt(end)) || joins(text, end))) {
                end++;
            }
            boolean partOfNumber = (at > 0 && (Character.isDigit(text.charAt(at - 1)) || text.charAt(at - 1) == '@'))
                    || (end < text.length() && Character.isDigit(text.charAt(end)));
            if (!partOfNumber) {
                words.add(word(text, at, end));
            }
            at = end;
        }
        return new NameWords(text, words);
    }

    private static boolean isPart(char c) {
        int type = Character.getType(c);
        return Character.isLetter(c) || type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    }

    private static boolean joins(String text, int at) {
        char c = text.charAt(at);
        return (c == '\'' || c == '\u2019' || c == '-')
                && at + 1 < text.length()
                && Character.isLetter(text.charAt(at + 1));
    }

    private static Word word(String text, int start, int end) {
        int last = end;
        if (end - start > 2
                && (text.charAt(end - 1) == 's' || text.charAt(end - 1) == 'S')
                && (text.charAt(end - 2) == '\'' || text.charAt(end - 2) == '\u2019')) {
            last = end - 2;
        }
        String word = text.substring(start, last);
        Shape shape = !Character.isUpperCase(word.charAt(0))
                ? Shape.SMALL
                : word.length() > 1 && word.chars().noneMatch(Character::isLowerCase)
                        ? Shape.ALL_CAPITAL
                        : Shape.CAPITAL;
        return new Word(start, last, key(word), shape);
    }

    /** A word in small letters without marks, so that {@code Léon} and {@code LEON} are one name. */
    static String key(String word) {
        String small = word.toLowerCase(Locale.ROOT);
        if (small.chars().allMatch(c -> c < 128)) {
            return small;
        }
        StringBuilder key = new StringBuilder();
        Normalizer.normalize(small, Normalizer.Form.NFD).chars().forEach(c -> {
            switch (c) {
                case '\u2019' -> key.append('\'');
                case '\u00df' -> key.append("ss");
                case '\u0142' -> key.append('l');
                case '\u00f8' -> key.append('o');
                default -> {
                    if (Character.getType(c) != Character.NON_SPACING_MARK) {
                        key.append((char) c);
                    }
                }
            }
        });
        return key.toString();
    }

    int size() {
        return words.size();
    }

    Word get(int at) {
        return words.get(at);
    }

    /** Whether only blanks are between a word and the next one; after an initial or a title also a full stop. */
    boolean joined(int at) {
        if (at + 1 >= words.size()) {
            return false;
        }
        int from = words.get(at).end();
        int to = words.get(at + 1).start();
        if (from < to
                && text.charAt(from) == '.'
                && words.get(at).end() - words.get(at).start() <= 4) {
            from++;
        }
        return to - from <= WIDEST_GAP
                && text.substring(from, to).chars().allMatch(c -> c == ' ' || c == '\u00a0')
                && (to > from || text.charAt(from - 1) == '.');
    }

    /** What is between a word and the next one. */
    String gap(int at) {
        return text.substring(
                words.get(at).end(), at + 1 < words.size() ? words.get(at + 1).start() : text.length());
    }

    /** Whether a word is the first of its line. */
    boolean startsLine(int at) {
        int before = words.get(at).start() - 1;
        while (before >= 0 && (text.charAt(before) == ' ' || text.charAt(before) == '\u00a0')) {
            before--;
        }
        return before < 0 || text.charAt(before) == '\n';
    }

    /** Whether a comma, an exclamation mark or the end of the line follows a word. */
    boolean endsAddress(int at) {
        int end = words.get(at).end();
        return end == text.length() || ",!\n\r".indexOf(text.charAt(end)) >= 0;
    }

    /** Whether nothing but blanks, a comma or a full stop follows a word in its line. */
    boolean endsLine(int at) {
        int after = words.get(at).end();
        while (after < text.length() && " \u00a0.,!\r".indexOf(text.charAt(after)) >= 0) {
            after++;
        }
        return after == text.length() || text.charAt(after) == '\n';
    }
}
