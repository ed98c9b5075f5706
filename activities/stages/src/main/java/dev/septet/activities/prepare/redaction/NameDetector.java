package dev.septet.activities.prepare.redaction;

import dev.septet.activities.prepare.redaction.NameWords.Shape;
import dev.septet.activities.prepare.redaction.NameWords.Word;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.util.List;
import java.util.Set;

/**
 * Detects names of persons. A listed name alone is none, because many are also other words. A name is
 *
 * <ul>
 *   <li>a name of the file that the pipeline names;
 *   <li>a listed given name and a word with a capital letter after it, or both in a list when one is also another word;
 *   <li>words with a capital letter after a title, or after a phrase such as {@code my name is};
 *   <li>a listed name after a greeting, the label of a field, or the end of a letter.
 * </ul>
 *
 * A given name alone in a sentence is not found. The time is linear in the length of the text.
 */
final class NameDetector implements PersonalDataDetector {
    private static final int LONGEST = 5;
    private static final int LONGEST_PHRASE = 4;
    private static final int LONGEST_CLOSING_GAP = 12;

    private final NameLists lists = NameLists.get();
    private final NameFile.Names own;

    /**
     * @param own names that are always found
     */
    NameDetector(NameFile.Names own) {
        this.own = own;
    }

    @Override
    public List<PersonalDataSpan> find(String text) {
        NameWords words = NameWords.of(text);
        NonOverlappingSpans spans = new NonOverlappingSpans();
        int at = 0;
        while (at < words.size()) {
            int end = own.end(words, at);
            int start = at;
            if (end < 0) {
                start = afterContext(words, at);
                end = start < 0 ? -1 : inContext(words, at, start);
            }
            if (end < 0) {
                start = at;
                end = fullName(words, at);
            }
            if (end < 0) {
                at++;
                continue;
            }
            spans.add(new PersonalDataSpan(
                    Kind.NAME, words.get(start).start(), words.get(end - 1).end()));
            at = end;
        }
        return spans.sorted();
    }

    /** The first word after a title, a greeting, a phrase, a label or the end of a letter that begins here; negative without one. */
    private static int afterContext(NameWords words, int at) {
        if (isTitle(words, at)) {
            int next = at + 1;
            while (next < words.size() && words.joined(next - 1) && isTitle(words, next)) {
                next++;
            }
            return next < words.size() && words.joined(next - 1) ? next : -1;
        }
        String key = words.get(at).key();
        boolean last = at + 1 == words.size();
        if (!last
                && NameTerms.GREETINGS.contains(key)
                && (words.joined(at) || words.gap(at).equals(", "))) {
            return at + 1;
        }
        if (!last && NameTerms.CLOSINGS.contains(key) && isClosingGap(words.gap(at))) {
            return at + 1;
        }
        if (!last && isLabel(words, at)) {
            return at + 1;
        }
        if (!NameTerms.FIRST_OF_PHRASES.contains(key)) {
            return -1;
        }
        int end = phrase(words, at, NameTerms.INTRODUCTIONS);
        return end >= 0 ? end : phrase(words, at, NameTerms.HINTS);
    }

    private static boolean isLabel(NameWords words, int at) {
        if (!NameTerms.LABELS.contains(words.get(at).key())) {
            return false;
        }
        String gap = words.gap(at);
        return gap.strip().equals(":") && gap.indexOf('\n') < 0;
    }

    private static boolean isClosingGap(String gap) {
        return gap.length() <= LONGEST_CLOSING_GAP
                && (gap.indexOf('\n') >= 0 || gap.equals(", "))
                && gap.chars().allMatch(c -> Character.isWhitespace(c) || ",!.-".indexOf(c) >= 0);
    }

    private static boolean isTitle(NameWords words, int at) {
        Word word = words.get(at);
        return NameTerms.TITLES.contains(word.key())
                && (word.capital() || !NameTerms.UNSURE_TITLES.contains(word.key()))
                && word.shape() != Shape.ALL_CAPITAL;
    }

    /** The first word after a phrase that begins here; negative without one. */
    private static int phrase(NameWords words, int at, Set<String> phrases) {
        StringBuilder phrase = new StringBuilder();
        for (int end = at; end < Math.min(words.size() - 1, at + LONGEST_PHRASE); end++) {
            phrase.append(words.get(end).key());
            String gap = words.gap(end);
            if (phrases.contains(phrase.toString())
                    && (gap.isBlank() || gap.strip().equals(":"))
                    && gap.indexOf('\n') < 0) {
                return end + 1;
            }
            if (!gap.equals(" ")) {
                return -1;
            }
            phrase.append(' ');
        }
        return -1;
    }

    /** The end of the name that stands at {@code start}, after a context; negative when none does. */
    private int inContext(NameWords words, int context, int start) {
        Word word = words.get(start);
        boolean title = isTitle(words, context);
        boolean introduced = !title && phrase(words, context, NameTerms.INTRODUCTIONS) == start;
        if (!title && isTitle(words, start)) {
            return -1; // the title is the context of the name
        }
        if (NameTerms.NO_NAMES.contains(word.key())) {
            return -1;
        }
        boolean listed = isListed(word);
        if (title) {
            boolean unsure =
                    NameTerms.UNSURE_TITLES.contains(words.get(start - 1).key());
            return word.shape() == Shape.SMALL || (unsure && !listed) ? -1 : extended(words, start, false);
        }
        if (introduced) {
            return word.shape() == Shape.SMALL
                    ? lists.certainFirst().contains(word.key()) ? smallName(words, start) : -1
                    : extended(words, start, true);
        }
        int whole = fullName(words, start);
        if (whole >= 0) {
            return whole;
        }
        String key = words.get(context).key();
        boolean ownLine = NameTerms.CLOSINGS.contains(key) || isLineLabel(words, context);
        int line = ownLine ? wholeLine(words, start) : -1;
        boolean anyListed = listed || (line > start && isListed(words.get(line - 1)));
        if (line >= 0 && (anyListed || NameTerms.CLOSINGS.contains(key))) {
            return line;
        }
        boolean addressed = NameTerms.GREETINGS.contains(key)
                && word.capital()
                && !word.initial()
                && !NameTerms.ALSO_WORDS.contains(word.key())
                && words.startsLine(context)
                && words.endsAddress(start);
        if (addressed) {
            return start + 1;
        }
        boolean letter = NameTerms.GREETINGS.contains(key) || NameTerms.CLOSINGS.contains(key);
        if (letter && word.shape() != Shape.SMALL && lists.first().contains(word.key())) {
            boolean closing = NameTerms.CLOSINGS.contains(key);
            int end = closing ? extended(words, start, words.startsLine(start)) : start + 1;
            boolean alone = closing ? words.endsLine(end - 1) : !capitalFollows(words, start);
            return alone || lists.certainFirst().contains(word.key()) ? end : -1;
        }
        boolean label = isLabel(words, context);
        if (label && word.shape() != Shape.SMALL && listed) {
            return extended(words, start, true);
        }
        boolean hinted = word.capital() && lists.certainFirst().contains(word.key());
        return hinted && !capitalFollows(words, start) ? start + 1 : -1;
    }

    /** Whether a word is the label of a field at the start of its line, such as {@code Name:}. */
    private static boolean isLineLabel(NameWords words, int at) {
        return isLabel(words, at)
                && (words.startsLine(at)
                        || NameTerms.LABELS.contains(
                                words.get(Math.max(0, at - 2)).key()));
    }

    /** The end of two or three words with a capital letter that fill the rest of a line; negative without them. */
    private static int wholeLine(NameWords words, int start) {
        int end = start;
        while (end < words.size() && end - start < 4) {
            Word word = words.get(end);
            boolean part = word.shape() != Shape.SMALL && !NameTerms.NO_NAMES.contains(word.key());
            if (!part || isStop(word) || (word.end() - word.start() < 2 && !word.initial())) {
                return -1;
            }
            end++;
            if (!words.joined(end - 1)) {
                break;
            }
        }
        return end - start >= 2 && end - start <= 3 && words.endsLine(end - 1) ? end : -1;
    }

    private static boolean capitalFollows(NameWords words, int at) {
        return words.joined(at) && words.get(at + 1).shape() != Shape.SMALL;
    }

    private boolean isListed(Word word) {
        return lists.first().contains(word.key()) || lists.last().contains(word.key());
    }

    /** The end of a name in small letters, such as after {@code my name is}. */
    private int smallName(NameWords words, int start) {
        int end = start + 1;
        while (end < words.size()
                && end - start < LONGEST
                && words.joined(end - 1)
                && (lists.certainFirst().contains(words.get(end).key())
                        || lists.certainLast().contains(words.get(end).key()))) {
            end++;
        }
        return end;
    }

    /**
     * The end of a name whose first word is certain.
     *
     * @param any whether up to two further words with a capital letter may be in no list
     */
    private int extended(NameWords words, int start, boolean any) {
        int end = start + 1;
        int unlisted = any ? 2 : 0;
        if (!any && lists.first().contains(words.get(start).key())) {
            unlisted = 1;
        }
        while (end < words.size() && end - start < LONGEST && words.joined(end - 1)) {
            Word word = words.get(end);
            int next = afterParticles(words, end);
            if (next > end && next < words.size() && words.get(next).capital() && !isStop(words.get(next))) {
                end = next + 1;
                continue;
            }
            if (word.shape() == Shape.SMALL || isStop(word)) {
                break;
            }
            if (!word.initial() && !isListed(word) && --unlisted < 0) {
                break;
            }
            end++;
        }
        return end;
    }

    /** The word after particles such as {@code van der} that begin here. */
    private static int afterParticles(NameWords words, int at) {
        int next = at;
        while (next + 1 < words.size()
                && next - at < 3
                && words.get(next).shape() == Shape.SMALL
                && NameTerms.PARTICLES.contains(words.get(next).key())
                && words.joined(next)) {
            next++;
        }
        return next;
    }

    private static boolean isStop(Word word) {
        return NameTerms.NO_NAMES.contains(word.key()) || NameTerms.TITLES.contains(word.key());
    }

    /** The end of a given name with a family name, or of the same with a comma between them; negative when none begins here. */
    private int fullName(NameWords words, int start) {
        Word first = words.get(start);
        if (first.shape() == Shape.SMALL
                || isStop(first)
                || NameTerms.NAMES_OF_PLACES.contains(first.key())
                || isPlace(words, start)) {
            return -1;
        }
        int reversed = reversed(words, start);
        if (reversed >= 0) {
            return reversed;
        }
        if (!isListed(first.key(), lists.first())) {
            return -1;
        }
        boolean certain = isListed(first.key(), lists.certainFirst());
        int at = start + 1;
        while (at < words.size()
                && at - start < 3
                && words.joined(at - 1)
                && (words.get(at).initial()
                        || (isListed(words.get(at).key(), lists.certainFirst()) && capitalFollows(words, at)))) {
            certain |= !words.get(at).initial();
            at++;
        }
        at = at < words.size() && words.joined(at - 1) ? afterParticles(words, at) : words.size();
        if (at >= words.size()) {
            return -1;
        }
        Word last = words.get(at);
        boolean sure = isListed(last.key(), lists.certainLast());
        boolean known = sure
                || isListed(last.key(), lists.last())
                || lists.certainFirst().contains(last.key());
        if (last.shape() == Shape.SMALL || last.initial() || isStop(last) || last.shape() != first.shape()) {
            return -1;
        }
        boolean accepted = first.shape() == Shape.ALL_CAPITAL ? certain && sure : sure || certain;
        if (!accepted || (!known && last.end() - last.start() < 3)) {
            return -1;
        }
        int end = at + 1;
        if (end < words.size() && words.joined(end - 1)) {
            Word next = words.get(end);
            if (next.shape() != Shape.SMALL && NameTerms.NO_NAMES.contains(next.key())) {
                return -1; // an organization or a place with the name of a person
            }
            if (next.shape() == first.shape() && isListed(next.key(), lists.certainLast())) {
                end++;
            }
        }
        return end;
    }

    /** {@code Lind, Mara}: both in a list, and nothing but a name. */
    private int reversed(NameWords words, int start) {
        int next = start + 1;
        boolean both = next < words.size()
                && words.gap(start).equals(", ")
                && words.get(next).capital()
                && isListed(words.get(start).key(), lists.certainLast())
                && !lists.first().contains(words.get(start).key())
                && isListed(words.get(next).key(), lists.certainFirst());
        return both && !capitalFollows(words, next) ? next + 1 : -1;
    }

    /** Whether a word before makes it the name of a street, a place or a saint. */
    private static boolean isPlace(NameWords words, int at) {
        for (int before = at - 1; before >= Math.max(0, at - 2) && words.joined(before); before--) {
            String key = words.get(before).key();
            if (NameTerms.NAMES_OF_PLACES.contains(key)
                    && (key.length() > 3 || words.get(before).capital())) {
                return true;
            }
            if (!NameTerms.PARTICLES.contains(key)) {
                return false;
            }
        }
        return false;
    }

    /** Whether a word, or each part of a word with hyphens, is in a list. */
    private static boolean isListed(String key, Set<String> names) {
        return names.contains(key) || parts(key, names);
    }

    /** Whether each part of a word with hyphens is a name. */
    private static boolean parts(String key, Set<String> names) {
        int hyphen = key.indexOf('-');
        return hyphen > 0 && names.contains(key.substring(0, hyphen)) && names.contains(key.substring(hyphen + 1));
    }
}
