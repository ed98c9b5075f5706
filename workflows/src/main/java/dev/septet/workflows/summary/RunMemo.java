package dev.septet.workflows.summary;

import dev.septet.dsl.text.PublicText;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.Score;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The memo of a run: a few bounded texts that the Web UI and {@code temporal workflow describe} show without a worker. They
 * have names of metrics and of models, figures and places, and no text of a row, a prompt or an answer.
 */
final class RunMemo {
    /** Characters of the longest value. */
    static final int LONGEST = 300;

    private static final int MOST_SCORES = 8;
    private static final int MOST_TARGETS = 4;

    private RunMemo() {}

    static Map<String, Object> of(PipelineReport results, @Nullable String failure) {
        Map<String, Object> memo = new TreeMap<>();
        EvaluationReport evaluation = results.evaluation();
        if (evaluation != null) {
            memo.put("verdict", evaluation.verdict().name());
            memo.put("scores", bounded(scores(evaluation.scores())));
        }
        DeploymentRef deployment = results.deployment();
        if (deployment != null) {
            memo.put("version", deployment.artifact().sha256());
            memo.put(
                    "published",
                    bounded(deployment.published().stream()
                            .limit(MOST_TARGETS)
                            .map(target -> target.type() + " " + place(target.location()))
                            .collect(Collectors.joining(", "))));
        }
        if (evaluation != null) {
            ArtifactRef page = results.page();
            memo.put("report", (page == null ? evaluation.artifact() : page).uri() + "/report.html");
        }
        if (failure != null) {
            memo.put("failure", bounded(failure));
        }
        return memo;
    }

    private static String scores(List<Score> scores) {
        String shown = scores.stream().limit(MOST_SCORES).map(RunMemo::score).collect(Collectors.joining("; "));
        return scores.size() <= MOST_SCORES ? shown : shown + "; " + (scores.size() - MOST_SCORES) + " more";
    }

    private static String score(Score score) {
        Double before = score.before();
        return score.metric()
                + (before == null ? " " : " " + Score.figures(before) + " -> ")
                + Score.figures(score.after())
                + " " + score.verdict();
    }

    /** An address without the user and password that it may contain. */
    private static String place(String location) {
        return location.replaceAll("//[^/@]*@", "//");
    }

    private static String bounded(String text) {
        String line = PublicText.line(text);
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 3) + "...";
    }
}
