package dev.septet.examples.site;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Node;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.SourceSpan;
import org.commonmark.node.Text;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.NodeRenderer;
import org.commonmark.renderer.html.HtmlNodeRendererContext;
import org.commonmark.renderer.html.HtmlRenderer;
import org.commonmark.renderer.html.HtmlWriter;

/** A Markdown page of the checkout. HTML in it is text, so that no page can bring a script. */
final class MarkdownPage {
    private static final List<org.commonmark.Extension> EXTENSIONS = List.of(TablesExtension.create());
    private static final Parser PARSER = Parser.builder()
            .extensions(EXTENSIONS)
            .includeSourceSpans(IncludeSourceSpans.BLOCKS_AND_INLINES)
            .build();

    /**
     * A link to a file of the checkout.
     *
     * @param file the path of the file in the checkout; empty for this page
     * @param written as the page has it
     */
    record Link(String file, String anchor, String written, int line) {}

    /** A heading with its anchor. */
    record Title(int level, String text, String anchor) {}

    private final Path checkout;
    private final String source;
    private final Node document;
    private final Map<Heading, String> anchorOf = new HashMap<>();
    private final List<Title> headings = new ArrayList<>();
    private final Set<String> anchors = new TreeSet<>();
    private final List<Link> links = new ArrayList<>();

    private MarkdownPage(Path checkout, String source, Node document) {
        this.checkout = checkout;
        this.source = source;
        this.document = document;
    }

    static MarkdownPage read(Path checkout, String source) throws IOException {
        MarkdownPage page =
                new MarkdownPage(checkout, source, PARSER.parse(Files.readString(checkout.resolve(source))));
        page.document.accept(page.new Reading());
        return page;
    }

    String source() {
        return source;
    }

    /** The first heading. */
    String title() {
        return headings.isEmpty() ? source : headings.get(0).text();
    }

    List<Title> headings() {
        return headings;
    }

    Set<String> anchors() {
        return anchors;
    }

    List<Link> links() {
        return links;
    }

    Node document() {
        return document;
    }

    /** The anchor of a heading of this page. */
    String anchor(Heading heading) {
        return anchorOf.getOrDefault(heading, "");
    }

    /**
     * The page as HTML.
     *
     * @param address the address of a link
     */
    String html(Function<Link, String> address) {
        HtmlRenderer renderer = HtmlRenderer.builder()
                .extensions(EXTENSIONS)
                .escapeHtml(true)
                .sanitizeUrls(true)
                .attributeProviderFactory(context -> (node, tag, attributes) -> {
                    if (node instanceof Heading heading && tag.startsWith("h")) {
                        attributes.put("id", anchor(heading));
                    }
                    if (node instanceof org.commonmark.node.Link link && tag.equals("a")) {
                        boolean outside = outside(link.getDestination());
                        attributes.put(
                                "href",
                                outside ? link.getDestination() : address.apply(link(link.getDestination(), link)));
                        if (outside) {
                            attributes.put("rel", "noopener");
                        }
                    }
                })
                .nodeRendererFactory(Blocks::new)
                .build();
        // HTML in a page is escaped, so these tags are the renderer's own.
        return renderer.render(document)
                .replace("<table>", "<div class=\"table\" tabindex=\"0\"><table>")
                .replace("</table>", "</table></div>");
    }

    /** The text of a node without its marks. */
    static String text(Node node) {
        StringBuilder text = new StringBuilder();
        node.accept(new AbstractVisitor() {
            @Override
            public void visit(Text each) {
                text.append(each.getLiteral());
            }

            @Override
            public void visit(Code each) {
                text.append(each.getLiteral());
            }

            @Override
            public void visit(SoftLineBreak each) {
                text.append(' ');
            }

            @Override
            public void visit(HardLineBreak each) {
                text.append(' ');
            }
        });
        return text.toString();
    }

    private static boolean outside(String destination) {
        return destination.matches("[a-z][a-z0-9+.-]*:.*");
    }

    private Link link(String destination, Node node) {
        int hash = destination.indexOf('#');
        String file = hash < 0 ? destination : destination.substring(0, hash);
        String anchor = hash < 0 ? "" : destination.substring(hash + 1);
        List<SourceSpan> spans = node.getSourceSpans();
        int line = spans.isEmpty() ? 1 : spans.get(0).getLineIndex() + 1;
        if (file.isEmpty()) {
            return new Link("", anchor, destination, line);
        }
        String plain;
        try {
            plain = URI.create(file).getPath();
        } catch (IllegalArgumentException e) {
            plain = file;
        }
        Path target = checkout.resolve(source).resolve("..").resolve(plain).normalize();
        String inside =
                target.startsWith(checkout) ? checkout.relativize(target).toString() : "../" + plain;
        return new Link(
                inside.isEmpty()
                        ? "README.md"
                        : inside.replace(target.getFileSystem().getSeparator(), "/"),
                anchor,
                destination,
                line);
    }

    private final class Reading extends AbstractVisitor {
        private final Map<String, Integer> taken = new HashMap<>();

        @Override
        public void visit(Heading heading) {
            String text = text(heading);
            String base = Site.anchor(text);
            int times = taken.merge(base, 1, Integer::sum) - 1;
            String anchor = times == 0 ? base : base + "-" + times;
            anchors.add(anchor);
            anchorOf.put(heading, anchor);
            headings.add(new Title(heading.getLevel(), text, anchor));
            visitChildren(heading);
        }

        @Override
        public void visit(org.commonmark.node.Link link) {
            if (!outside(link.getDestination())) {
                links.add(link(link.getDestination(), link));
            }
            visitChildren(link);
        }
    }

    /** Code with colours, and pictures of the checkout as part of the page. */
    private final class Blocks implements NodeRenderer {
        private final HtmlWriter html;

        Blocks(HtmlNodeRendererContext context) {
            this.html = context.getWriter();
        }

        @Override
        public Set<Class<? extends Node>> getNodeTypes() {
            return Set.of(FencedCodeBlock.class, Image.class);
        }

        @Override
        public void render(Node node) {
            if (node instanceof FencedCodeBlock code) {
                String language = code.getInfo() == null ? "" : code.getInfo().strip();
                html.line();
                html.raw(
                        "<div class=\"code\"><button class=\"copy\" type=\"button\">Copy</button><pre tabindex=\"0\"><code>"
                                + Highlighter.html(language, code.getLiteral())
                                + "</code></pre></div>");
                html.line();
            } else if (node instanceof Image image) {
                html.raw(picture(image));
            }
        }

        private String picture(Image image) {
            Link link = link(image.getDestination(), image);
            Path file = checkout.resolve(link.file());
            if (outside(image.getDestination()) || !link.file().endsWith(".svg") || !Files.isRegularFile(file)) {
                throw new IllegalArgumentException("%s:%s: the picture %s is not an .svg file of the checkout"
                        .formatted(source, link.line(), image.getDestination()));
            }
            try {
                return "<figure role=\"img\" aria-label=\"%s\">%s</figure>"
                        .formatted(
                                Site.escape(text(image)), Files.readString(file).strip());
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
