package dev.septet.activities.evaluate.report;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.util.Map;

/** The templates of pages and of their sections. */
public final class PageTemplate {
    private PageTemplate() {}

    /**
     * The HTML of a value.
     *
     * @param template file name, such as {@code report.jte}
     * @param name of the template's only parameter
     */
    public static String html(String template, String name, Object value) {
        StringOutput html = new StringOutput();
        TemplateEngine.createPrecompiled(null, ContentType.Html, PageTemplate.class.getClassLoader())
                .render(template, Map.of(name, value), html);
        return html.toString();
    }
}
