package dev.septet.activities.prepare.redaction;

import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Detects e-mail addresses: searches to the left and right of every at sign, up to the maximum
 * length of an address.
 */
final class EmailDetector implements PersonalDataDetector {
    private static final int MAX_LOCAL = 64;
    private static final int MAX_DOMAIN = 255;

    @Override
    public List<PersonalDataSpan> find(String text) {
        List<PersonalDataSpan> spans = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
            int start = localStart(text, at, from);
            int end = domainEnd(text, at + 1);
            if (start < at && end > at + 1) {
                spans.add(new PersonalDataSpan(Kind.EMAIL, start, end));
                from = end;
            }
        }
        return spans;
    }

    private static int localStart(String text, int at, int from) {
        int start = at;
        int limit = Math.max(from, at - MAX_LOCAL);
        while (start > limit && isLocal(text.charAt(start - 1))) {
            start--;
        }
        while (start < at && !Character.isLetterOrDigit(text.charAt(start))) {
            start++; // skips punctuation of the sentence before the address
        }
        return text.charAt(at - (at > 0 ? 1 : 0)) == '.' ? at : start;
    }

    private static boolean isLocal(char c) {
        return Character.isLetterOrDigit(c) || "._%+-'".indexOf(c) >= 0;
    }

    /**
     * End of a host name with a dot and a last label of letters; {@code from} when there is none.
     */
    private static int domainEnd(String text, int from) {
        int end = from;
        int limit = Math.min(text.length(), from + MAX_DOMAIN);
        while (end < limit && isDomain(text.charAt(end))) {
            end++;
        }
        while (end > from && !Character.isLetterOrDigit(text.charAt(end - 1))) {
            end--; // a full stop after the address is not part of it
        }
        String domain = text.substring(from, end);
        int dot = domain.lastIndexOf('.');
        boolean named = dot > 0
                && !domain.contains("..")
                && domain.length() - dot > 2
                && domain.substring(dot + 1).chars().allMatch(Character::isLetter);
        return named ? end : from;
    }

    private static boolean isDomain(char c) {
        return Character.isLetterOrDigit(c) || c == '.' || c == '-';
    }
}
