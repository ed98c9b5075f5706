package dev.septet.activities.prepare.redaction;

import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Detects secrets: keys of services by their published prefixes, JSON Web Tokens, private keys in PEM form, passwords in
 * URLs, and values that are assigned to a word such as {@code password} or {@code token}. An assigned value must look
 * random: it has at least 8 characters of two classes, and an entropy of at least 2.5 bits per character.
 */
final class SecretDetector implements PersonalDataDetector {
    /** Prefixes that the services publish, so that a leaked key can be found. */
    private static final Pattern KEYS = Pattern.compile("(?<![A-Za-z0-9_-])(?:"
            + "(?:AKIA|ASIA)[0-9A-Z]{16}" // AWS
            + "|gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255}"
            + "|glpat-[A-Za-z0-9_-]{20,255}"
            + "|xox[abposr]-[A-Za-z0-9-]{10,255}" // Slack
            + "|AIza[0-9A-Za-z_-]{35}" // Google
            + "|[sr]k_(?:live|test)_[0-9A-Za-z]{16,255}" // Stripe
            + "|sk-[A-Za-z0-9_-]{20,255}" // OpenAI, Anthropic
            + "|hf_[A-Za-z0-9]{30,255}"
            + "|npm_[A-Za-z0-9]{36}"
            + "|pypi-[A-Za-z0-9_-]{50,255}"
            + "|SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}" // SendGrid
            + "|eyJ[A-Za-z0-9_-]{8,2000}\\.eyJ[A-Za-z0-9_-]{8,8000}\\.[A-Za-z0-9_-]{0,2000}" // JWT
            + ")(?![A-Za-z0-9_])");

    private static final Pattern URL =
            Pattern.compile("(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\\s/:@]{1,100}:([^\\s/@]{1,200})@");

    private static final Pattern ASSIGNED = Pattern.compile(
            "(?iu)(?<!\\p{L})(?:pass(?:word|wd|phrase)|pwd|secret(?:[_ -]?key)?|(?:auth|access|bearer|api|refresh)?[_"
                    + " -]?token|(?:api|access|private|auth|client)[_ -]?(?:key|secret)|bearer|passwort|kennwort|mot de"
                    + " passe|contrase\u00F1a|wachtwoord|has\u0142o|l\u00F6senord|senha)[\"']?(?: {0,2}(?:[:=]{1,2}|=>)"
                    + " {0,2}| (?:is|ist|est|es|\u00E4r|to) )[\"'`]?([^\\s\"'`,;<>()\\[\\]{}]{8,200})");

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String PRIVATE_KEY = "PRIVATE KEY";

    /** The largest distance of {@link #PRIVATE_KEY} from the start of its line: the kind of the key is between them. */
    private static final int LONGEST_LABEL = 40;

    private static final double LEAST_ENTROPY = 2.5;

    @Override
    public List<PersonalDataSpan> find(String text) {
        NonOverlappingSpans spans = new NonOverlappingSpans();
        pem(text, spans);
        Matcher key = KEYS.matcher(text);
        while (key.find()) {
            spans.add(new PersonalDataSpan(Kind.SECRET, key.start(), key.end()));
        }
        Matcher url = URL.matcher(text);
        while (url.find()) {
            spans.add(new PersonalDataSpan(Kind.SECRET, url.start(1), url.end(1)));
        }
        Matcher assigned = ASSIGNED.matcher(text);
        while (assigned.find()) {
            String value = assigned.group(1).replaceAll("[.!?]+$", "");
            if (looksRandom(value)) {
                spans.add(new PersonalDataSpan(Kind.SECRET, assigned.start(1), assigned.start(1) + value.length()));
            }
        }
        return spans.sorted();
    }

    /**
     * Private keys, from their first to their last line; to the end of the text when the last line is missing. Every
     * position is searched at most once for a last line, so the time does not grow with the square of the length.
     */
    private static void pem(String text, NonOverlappingSpans spans) {
        int at = text.indexOf(BEGIN);
        int last = -1;
        while (at >= 0) {
            int next = text.indexOf(BEGIN, at + BEGIN.length());
            int label = label(text, at);
            if (label >= 0) {
                if (last < label) {
                    int found = text.indexOf(END, label);
                    last = found < 0 ? Integer.MAX_VALUE : found;
                }
                if (last == Integer.MAX_VALUE || (next >= 0 && next < last)) {
                    spans.add(new PersonalDataSpan(Kind.SECRET, at, next < 0 ? text.length() : next));
                } else {
                    int close = text.indexOf("-----", last + END.length());
                    spans.add(new PersonalDataSpan(Kind.SECRET, at, close < 0 ? last : close + 5));
                }
            }
            at = next;
        }
    }

    /** Where a line's {@link #PRIVATE_KEY} starts; negative without it. */
    private static int label(String text, int line) {
        int to = Math.min(text.length(), line + LONGEST_LABEL - 1 + PRIVATE_KEY.length());
        int found = text.substring(line, to).indexOf(PRIVATE_KEY);
        return found < 0 ? found : line + found;
    }

    /** Two classes of characters (small and capital letters, digits, others), and enough entropy. */
    static boolean looksRandom(String value) {
        if (value.length() < 8) {
            return false;
        }
        boolean small = value.chars().anyMatch(Character::isLowerCase);
        boolean capital = value.chars().skip(1).anyMatch(Character::isUpperCase);
        boolean digit = value.chars().anyMatch(Character::isDigit);
        boolean other = value.chars().anyMatch(c -> !Character.isLetterOrDigit(c) && c != '-' && c != '_' && c != '.');
        int classes = (small ? 1 : 0) + (capital ? 1 : 0) + (digit ? 1 : 0) + (other ? 1 : 0);
        return classes >= 2 && entropy(value) >= LEAST_ENTROPY;
    }

    /** Shannon entropy in bits per character. */
    private static double entropy(String value) {
        double bits = 0;
        for (int c : value.chars().distinct().toArray()) {
            double share = (double) value.chars().filter(other -> other == c).count() / value.length();
            bits -= share * Math.log(share) / Math.log(2);
        }
        return bits;
    }
}
