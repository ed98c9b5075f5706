package dev.septet.examples.site;

/**
 * A file that a page links to and that is no page: code, settings, a listing of a folder.
 *
 * @param name its path in the checkout
 */
record SourcePage(String name, String language, String text) {
    String html() {
        return "<h1 class=\"file\">%s</h1>\n<pre class=\"code\"><code>%s</code></pre>"
                .formatted(Site.escape(name), Highlighter.html(language, text));
    }
}
