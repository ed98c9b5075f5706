package dev.septet.activities.evaluate.report;

import java.util.List;

/**
 * The comparison with retrieval on one set of rows, as a table of candidates; texts are for people.
 *
 * @param id id of its heading, unique on its page
 * @param metrics names of the columns with scores
 * @param facts about prompts and indexes, below the table
 */
public record RivalTable(String id, String title, List<String> metrics, List<Line> lines, List<SummaryLine> facts) {
    public RivalTable {
        metrics = List.copyOf(metrics);
        lines = List.copyOf(lines);
        facts = List.copyOf(facts);
    }

    /**
     * One candidate.
     *
     * @param scores one for each metric, with its interval
     * @param promptTokens mean number of tokens before an answer
     * @param answerTokens mean number of generated tokens
     */
    public record Line(String name, List<Cell> scores, String promptTokens, String answerTokens) {
        public Line {
            scores = List.copyOf(scores);
        }
    }

    /** A score and its 95 % interval. */
    public record Cell(String score, String interval) {}
}
