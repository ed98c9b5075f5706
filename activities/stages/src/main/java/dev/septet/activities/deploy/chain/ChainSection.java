package dev.septet.activities.deploy.chain;

import dev.septet.workflows.artifact.ChainReport;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.util.Map;

/** The chain's part of the report page; {@code chain.jte} says how it looks. */
public final class ChainSection {
    private static final String END = "</main>";

    private ChainSection() {}

    /** The evaluation's page with the chain at its end; a page of another shape stays as it is. */
    public static String in(String page, ChainReport chain) {
        int end = page.lastIndexOf(END);
        if (end < 0 || chain.checks().isEmpty()) {
            return page;
        }
        StringOutput html = new StringOutput();
        TemplateEngine.createPrecompiled(null, ContentType.Html, ChainSection.class.getClassLoader())
                .render("chain.jte", Map.of("chain", chain), html);
        return page.substring(0, end) + html + page.substring(end);
    }
}
