package dev.septet.workers.log;

import dev.septet.dsl.text.PublicText;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pipeline, run and stage that a workflow belongs to. The id of a stage's workflow is {@code PIPELINE/RUN/STAGE}, and
 * other workflows of the run have longer ids. A run's own workflow has the id {@code PIPELINE}.
 *
 * @param all fields by name, in the order of output; values are short and on one line
 */
public record RunFields(Map<String, String> all) {
    private static final Pattern OF_STAGE = Pattern.compile("([^/]+)/([^/]+)/(.+)", Pattern.DOTALL);
    private static final int LONGEST = 200;

    public RunFields {
        all = Collections.unmodifiableMap(new LinkedHashMap<>(all));
    }

    /** The fields of a workflow. */
    public static RunFields of(String workflowId, String runId) {
        Map<String, String> all = new LinkedHashMap<>();
        Matcher stage = OF_STAGE.matcher(workflowId);
        if (stage.matches()) {
            all.put("pipeline", cut(stage.group(1)));
            all.put("run", cut(stage.group(2)));
            all.put("stage", cut(stage.group(3)));
        } else {
            all.put("pipeline", cut(workflowId));
            all.put("run", cut(runId));
        }
        return new RunFields(all);
    }

    /** Anyone who may start workflows chooses their ids. */
    static String cut(String text) {
        String line = PublicText.line(text.length() > LONGEST ? text.substring(0, LONGEST) : text);
        return line.length() > LONGEST ? line.substring(0, LONGEST) : line;
    }
}
