package dev.septet.activities.dataset.document;

/** Plain text and Markdown, whose place is the line of the file. */
final class PlainTexts {
    private PlainTexts() {}

    /** The text of a file of plain text. */
    static DocumentText plain(String content) {
        return lines(content, 0, 1);
    }

    /**
     * The text of a Markdown file, as it is written, without its front matter: lines between {@code ---} at its
     * beginning.
     */
    static DocumentText markdown(String content) {
        int from = frontMatter(content);
        int line = 1;
        for (int i = 0; i < from; i++) {
            line += content.charAt(i) == '\n' ? 1 : 0;
        }
        return lines(content, from, line);
    }

    private static DocumentText lines(String content, int from, int first) {
        DocumentText text = new DocumentText();
        int line = first;
        for (int at = from, end; at < content.length(); at = end, line++) {
            int feed = content.indexOf('\n', at);
            end = feed < 0 ? content.length() : feed + 1;
            int last = feed < 0 ? end : feed;
            if (last > at && content.charAt(last - 1) == '\r') {
                last--;
            }
            text.append(line, feed < 0 ? content.substring(at, last) : content.substring(at, last) + "\n");
        }
        return text;
    }

    /** Position after the front matter; 0 without one. */
    private static int frontMatter(String content) {
        int at = lineEnd(content, 0);
        if (!content.substring(0, at).stripTrailing().equals("---")) {
            return 0;
        }
        while (at < content.length()) {
            int end = lineEnd(content, at);
            String line = end - at > 16 ? "" : content.substring(at, end).stripTrailing();
            if (line.equals("---") || line.equals("...")) {
                return end;
            }
            at = end;
        }
        return 0;
    }

    /** Position after the line feed of a line. */
    private static int lineEnd(String content, int from) {
        int feed = content.indexOf('\n', from);
        return feed < 0 ? content.length() : feed + 1;
    }
}
