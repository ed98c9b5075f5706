package dev.septet.activities.files;

/** Patterns of paths, such as {@code data/train-*.jsonl}. They are untrusted, so no regular expression is made of them. */
public final class PathPattern {
    private PathPattern() {}

    /**
     * Whether a path matches: {@code *} is any text in one name, {@code **} any text, {@code ?} one character. Time grows
     * with the product of both lengths.
     *
     * @param path a path with {@code /} between its names
     */
    public static boolean matches(String pattern, String path) {
        String written = pattern.startsWith("./") ? pattern.substring(2) : pattern;
        boolean[] reached = new boolean[path.length() + 1];
        reached[0] = true;
        for (int p = 0; p < written.length(); p++) {
            char c = written.charAt(p);
            boolean folders = c == '*' && p + 1 < written.length() && written.charAt(p + 1) == '*';
            boolean[] next = new boolean[reached.length];
            boolean any = false;
            for (int n = 0; n < reached.length; n++) {
                boolean before = n > 0 && (c == '*' ? next[n - 1] : reached[n - 1]);
                char at = n > 0 ? path.charAt(n - 1) : '/';
                next[n] = c == '*'
                        ? reached[n] || (before && (folders || at != '/'))
                        : before && (c == at || (c == '?' && at != '/'));
                any |= next[n];
            }
            if (!any) {
                return false; // most names differ in their first characters
            }
            reached = next;
            p += folders ? 1 : 0;
        }
        return reached[path.length()];
    }
}
