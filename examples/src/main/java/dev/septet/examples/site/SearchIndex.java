package dev.septet.examples.site;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.Node;

/** The texts of all sections, as a script: a page that is opened as a file may not fetch JSON. */
final class SearchIndex {
    private static final int MOST_CHARACTERS = 2000;
    private final ArrayNode sections = new ObjectMapper().createArrayNode();

    /** Adds the sections of a page. */
    void add(MarkdownPage page, String address) {
        String title = "";
        String anchor = "";
        StringBuilder text = new StringBuilder();
        for (Node node = page.document().getFirstChild(); node != null; node = node.getNext()) {
            if (node instanceof Heading heading) {
                put(page, address, title, anchor, text);
                text.setLength(0);
                title = MarkdownPage.text(heading);
                anchor = page.anchor(heading);
            } else {
                texts(node, text);
            }
        }
        put(page, address, title, anchor, text);
    }

    private static void texts(Node node, StringBuilder text) {
        if (node instanceof FencedCodeBlock code) {
            text.append(code.getLiteral()).append(' ');
        } else if (node.getFirstChild() == null || node instanceof TableCell) {
            text.append(MarkdownPage.text(node)).append(node instanceof TableCell ? " " : "");
            if (node instanceof org.commonmark.node.SoftLineBreak) {
                text.append(' ');
            }
        } else {
            for (Node child = node.getFirstChild(); child != null; child = child.getNext()) {
                texts(child, text);
            }
            text.append(node instanceof org.commonmark.node.Block ? " " : "");
        }
    }

    private void put(MarkdownPage page, String address, String title, String anchor, StringBuilder text) {
        String plain = text.toString().replaceAll("\\s+", " ").strip();
        if (title.isEmpty() && plain.isEmpty()) {
            return;
        }
        for (int from = 0; from == 0 || from < plain.length(); from += MOST_CHARACTERS) {
            sections.addArray()
                    .add(address + (anchor.isEmpty() || title.equals(page.title()) ? "" : "#" + anchor))
                    .add(page.title())
                    .add(title.equals(page.title()) ? "" : title)
                    .add(plain.substring(from, Math.min(plain.length(), from + MOST_CHARACTERS)));
        }
    }

    String script() {
        try {
            // The script is a file of its own, so no tag in a text can end it.
            return "window.septetIndex = " + new ObjectMapper().writeValueAsString(sections) + ";\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
