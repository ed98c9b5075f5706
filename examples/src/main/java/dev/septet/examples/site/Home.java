package dev.septet.examples.site;

import java.util.List;

/** The first page. */
final class Home {
    private Home() {}

    static String html(Navigation navigation) {
        StringBuilder html = new StringBuilder("""
                <section class="hero">
                <h1>Fine-tuning pipelines that you can kill at any time</h1>
                <p>Septet runs LLM fine-tuning pipelines as durable workflows on Temporal. One file describes seven stages,
                from rows to a monitored model. Training needs no Python.</p>
                <p class="actions"><a class="button" href="docs/from-500-chats.html">Follow the tutorial</a>
                <a class="button plain" href="docs/starting.html">Write a first pipeline</a></p>
                </section>
                <div class="code"><pre tabindex="0"><code>""");
        html.append(Highlighter.html("groovy", """
                pipeline('support') {
                    prepare    { dataset 'data/chats.jsonl'; redact email, phone }
                    initialize { model 'HuggingFaceTB/SmolLM2-135M-Instruct' }
                    train      { method lora { rank 16 } }
                    evaluate   { metric exactMatch, above: 0.9; compare baseline }
                    deploy     { target http { port 8080 } }
                    monitor    { every 6.hours; drift psi, on: promptLength; onDrift retrain }
                }"""));
        html.append("</code></pre></div>\n<div class=\"cards\">\n");
        navigation.topics().forEach((topic, entries) -> html.append(card(topic, entries)));
        return html.append("</div>\n").toString();
    }

    private static String card(String topic, List<Navigation.Entry> entries) {
        StringBuilder card = new StringBuilder("<section class=\"card\"><h2>" + Site.escape(topic) + "</h2>\n<ul>");
        for (Navigation.Entry entry : entries) {
            card.append("<li><a href=\"%s\">%s</a></li>\n".formatted(entry.address(), Site.escape(entry.title())));
        }
        return card.append("</ul></section>\n").toString();
    }
}
