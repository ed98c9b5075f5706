package dev.septet.activities.dataset.document;

import dev.septet.dsl.text.PublicText;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.parser.Parser;

/**
 * The visible text of an HTML file. Nothing is loaded, and no script runs. A block, such as a paragraph or a list item,
 * is a paragraph of the text.
 */
final class HtmlText {
    /** The largest depth of elements. */
    static final int MAX_DEPTH = 2_000;

    /** Elements without text of the document, by HTML's own names. */
    private static final Set<String> HIDDEN = Set.of(
            "head",
            "script",
            "style",
            "nav",
            "template",
            "noscript",
            "iframe",
            "object",
            "svg",
            "math",
            "canvas",
            "audio",
            "video",
            "select",
            "textarea",
            "button",
            "dialog");

    /** Elements inside of a line. All others begin and end a paragraph. */
    private static final Set<String> INLINE = Set.of(
            "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
            "label", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
            "time", "tt", "u", "var", "wbr", "br", "img", "td", "th");

    private final DocumentText text = new DocumentText();
    private boolean space;
    private boolean paragraph;
    private boolean line;
    private int preformatted;
    private int last = 1;

    private HtmlText() {}

    /**
     * The visible text of a file.
     *
     * @throws UnreadableDocument when its elements are nested too deeply
     */
    static DocumentText of(String html) throws UnreadableDocument {
        // The parser flattens deeper elements. read() must see them, and refuses them.
        Parser parser = Parser.htmlParser().setTrackPosition(true).setMaxDepth(2 * MAX_DEPTH);
        Document document = parser.parseInput(html, "");
        HtmlText reading = new HtmlText();
        reading.read(document);
        return reading.text;
    }

    private void read(Document document) throws UnreadableDocument {
        Deque<Node> open = new ArrayDeque<>();
        Node node = document;
        while (node != null) {
            boolean enters = !(node instanceof Element element) || !hidden(element);
            if (enters) {
                begin(node);
            }
            if (enters && node.childNodeSize() > 0) {
                if (open.size() >= MAX_DEPTH) {
                    throw new UnreadableDocument(
                            last, PublicText.of("has more than %,d elements inside of each other", MAX_DEPTH));
                }
                open.push(node);
                node = node.childNode(0);
                continue;
            }
            if (enters) {
                end(node);
            }
            Node next = node.nextSibling();
            while (next == null && !open.isEmpty()) {
                Node parent = open.pop();
                end(parent);
                next = parent.nextSibling();
            }
            node = next;
        }
    }

    private static boolean hidden(Element element) {
        return HIDDEN.contains(element.normalName())
                || element.hasAttr("hidden")
                || element.attr("aria-hidden").equalsIgnoreCase("true")
                || element.attr("role").toLowerCase(Locale.ROOT).equals("navigation");
    }

    private void begin(Node node) {
        if (node instanceof TextNode words) {
            add(words);
        } else if (node instanceof Element element) {
            switch (element.normalName()) {
                case "br", "tr" -> line = true;
                case "td", "th", "img" -> space = true;
                case "pre" -> {
                    paragraph = true;
                    preformatted++;
                }
                default -> paragraph |= !INLINE.contains(element.normalName());
            }
        }
    }

    private void end(Node node) {
        if (node instanceof Element element) {
            preformatted -= element.normalName().equals("pre") ? 1 : 0;
            paragraph |= !INLINE.contains(element.normalName())
                    && !element.normalName().equals("tr");
        }
    }

    private void add(TextNode words) {
        String whole = words.getWholeText();
        int from = words.sourceRange().start().lineNumber();
        last = Math.max(1, from);
        if (preformatted > 0) {
            separate();
            int at = last;
            for (String part : whole.replace("\r", "").split("(?<=\n)", -1)) {
                text.append(at++, part);
            }
            space = false;
            return;
        }
        int at = last;
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < whole.length(); i++) {
            char c = whole.charAt(i);
            if (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f') {
                flush(word, at);
                space = true;
                at += c == '\n' ? 1 : 0;
            } else {
                word.append(c);
            }
        }
        flush(word, at);
    }

    private void flush(StringBuilder word, int place) {
        if (!word.isEmpty()) {
            separate();
            text.append(place, word);
            word.setLength(0);
        }
    }

    /** Writes what separates the next word from the one before it. */
    private void separate() {
        if (text.length() > 0) {
            text.append(paragraph ? "\n\n" : line ? "\n" : space ? " " : "");
        }
        paragraph = false;
        line = false;
        space = false;
    }
}
