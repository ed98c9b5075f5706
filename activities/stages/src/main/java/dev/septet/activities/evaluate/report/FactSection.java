package dev.septet.activities.evaluate.report;

import java.util.List;

/**
 * A section of the report with facts.
 *
 * @param id id of its heading, unique on its page
 */
public record FactSection(String id, String title, List<SummaryLine> facts) {
    public FactSection {
        facts = List.copyOf(facts);
    }
}
