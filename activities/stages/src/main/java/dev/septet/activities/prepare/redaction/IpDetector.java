package dev.septet.activities.prepare.redaction;

import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Detects internet addresses: IPv4 with four numbers of 0 to 255, and IPv6 in its text forms. A version number of four
 * parts after a word for a version is not an address. Nothing is resolved.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4291#section-2.2">RFC 4291, section 2.2</a>
 */
final class IpDetector implements PersonalDataDetector {
    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern V4 = Pattern.compile("(?<![\\w.])" + OCTET + "(?:\\." + OCTET + "){3}(?!\\w|\\.\\d)");
    private static final Pattern VERSION =
            Pattern.compile("(?i)(?:version|release|build|firmware|\\bv|\\bver\\.?)[ :=]{0,2}$");
    private static final Pattern V6 = Pattern.compile("(?<![\\w:.])[0-9A-Fa-f:][0-9A-Fa-f:.]{1,44}(?![\\w:])");
    private static final int BEFORE = 12;
    private static final int GROUPS = 8;

    @Override
    public List<PersonalDataSpan> find(String text) {
        NonOverlappingSpans spans = new NonOverlappingSpans();
        if (text.indexOf(':') >= 0) {
            Matcher v6 = V6.matcher(text);
            while (v6.find()) {
                int end = v6.end();
                while (end > v6.start() && text.charAt(end - 1) == '.') {
                    end--; // the end of a sentence
                }
                if (isV6(text.substring(v6.start(), end))) {
                    spans.add(new PersonalDataSpan(Kind.IP, v6.start(), end));
                }
            }
        }
        Matcher v4 = V4.matcher(text);
        while (v4.find()) {
            String before = text.substring(Math.max(0, v4.start() - BEFORE), v4.start());
            if (!VERSION.matcher(before).find()) {
                spans.add(new PersonalDataSpan(Kind.IP, v4.start(), v4.end()));
            }
        }
        return spans.sorted();
    }

    /** Whether the text is an IPv6 address. A shortened one without any digit, such as {@code a::b}, is program code. */
    static boolean isV6(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            return false;
        }
        if (gap < 0) {
            return groups(text) == GROUPS;
        }
        int left = groups(text.substring(0, gap));
        int right = groups(text.substring(gap + 2));
        return left >= 0 && right >= 0 && left + right < GROUPS && text.chars().anyMatch(c -> c >= '0' && c <= '9');
    }

    /** Number of groups of 16 bits; an IPv4 address at the end is two. -1 if the text is not made of groups. */
    private static int groups(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        List<String> parts = new ArrayList<>(List.of(text.split(":", -1)));
        int groups = parts.size();
        if (parts.get(groups - 1).indexOf('.') >= 0) {
            if (!V4.matcher(parts.remove(groups - 1)).matches()) {
                return -1;
            }
            groups++;
        }
        return parts.stream().allMatch(part -> part.matches("[0-9A-Fa-f]{1,4}")) ? groups : -1;
    }
}
