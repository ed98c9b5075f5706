package dev.septet.activities.deploy.chain;

import dev.septet.workflows.artifact.ChainReport;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.util.Map;

/** The verification section of the report page; {@code chain.jte} is its template. */
public final class ChainSection {
    private static final String END = "</main>";

    private ChainSection() {}

    /**
     * Inserts the section at the end of the evaluation's page; a page of another structure stays
     * unchanged.
     */
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
