package dev.septet.examples.site;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A page with everything around its content.
 *
 * @param address its address
 * @param content its HTML
 * @param headings its headings, for the list beside it
 */
record PageFrame(
        Navigation navigation, String address, String title, String content, List<MarkdownPage.Title> headings) {
    /** With more parts than this, the list beside a page has its chapters only. */
    private static final int MOST_PARTS = 30;

    String html() {
        String root = SitePaths.relative(address, "");
        return """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="color-scheme" content="light dark">
                <title>%s</title>
                <link rel="icon" href="%slogo.svg" type="image/svg+xml">
                <link rel="stylesheet" href="%ssite.css">
                <script src="%ssite.js" data-root="%s" defer></script>
                </head>
                <body>
                <a class="skip" href="#content">Skip to the content</a>
                <header>
                <a class="brand" href="%sindex.html"><img src="%slogo.svg" width="26" height="26" alt="">Septet</a>
                <div class="search" role="search">
                <input id="search" type="search" placeholder="Search ( / )" aria-label="Search" autocomplete="off" spellcheck="false">
                <div id="results" role="listbox" aria-label="Results" hidden></div>
                </div>
                <button id="theme" type="button" aria-label="Light or dark">&#9680;</button>
                <button id="menu" type="button" aria-label="Pages" aria-expanded="false" aria-controls="pages">&#9776;</button>
                </header>
                <div class="columns">
                <nav id="pages" aria-label="Pages">
                %s</nav>
                <main id="content">
                %s
                </main>
                %s
                </div>
                </body>
                </html>
                """.formatted(
                        Site.escape(title.equals("Septet") ? title : title + " - Septet"),
                        root,
                        root,
                        root,
                        root,
                        root,
                        root,
                        pages(),
                        content,
                        here());
    }

    private String pages() {
        StringBuilder html = new StringBuilder();
        navigation.topics().forEach((topic, entries) -> {
            boolean open = entries.stream().anyMatch(entry -> entry.address().equals(address));
            html.append("<details%s><summary>%s</summary>\n<ul>\n"
                    .formatted(open || topic.equals("Start") ? " open" : "", Site.escape(topic)));
            for (Navigation.Entry entry : entries) {
                html.append("<li><a href=\"%s\"%s>%s</a></li>\n"
                        .formatted(
                                SitePaths.relative(address, entry.address()),
                                entry.address().equals(address) ? " aria-current=\"page\"" : "",
                                Site.escape(entry.title())));
            }
            html.append("</ul></details>\n");
        });
        return html.toString();
    }

    /** The headings of this page. */
    private String here() {
        long parts = headings.stream().filter(each -> each.level() == 3).count();
        int deepest = parts > MOST_PARTS ? 2 : 3;
        List<MarkdownPage.Title> some = headings.stream()
                .filter(each -> each.level() >= 2 && each.level() <= deepest)
                .toList();
        if (some.size() < 2) {
            return "";
        }
        return some.stream()
                .map(each -> "<li class=\"level%s\"><a href=\"#%s\">%s</a></li>\n"
                        .formatted(each.level(), each.anchor(), Site.escape(each.text())))
                .collect(Collectors.joining(
                        "", "<aside aria-label=\"On this page\"><h2>On this page</h2>\n<ul>\n", "</ul></aside>"));
    }
}
