package dev.septet.dsl.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Prints problems as text for people and as JSON for tools. */
public final class ProblemPrinter {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ProblemPrinter() {}

    /** Every problem with its location, its source line and a line of carets below it. */
    public static String text(List<Problem> problems) {
        var text = new StringBuilder();
        for (Problem problem : problems) {
            SourceLocation at = problem.location();
            text.append(line(problem)).append('\n');
            if (at.hasLine() && !problem.line().isBlank()) {
                text.append(Caret.under(problem));
            }
        }
        return text.toString();
    }

    /** A problem with its location, in one line. */
    public static String line(Problem problem) {
        SourceLocation at = problem.location();
        return Quote.file(at.file())
                + (at.hasLine() ? ":" + at.line() + ":" + at.column() : "")
                + (problem.id().isRemark() ? ": remark: " : ": ")
                + problem.sentence();
    }

    /** One object per problem for JSON, in the order of the problems. */
    public static List<Map<String, Object>> objects(List<Problem> problems) {
        return problems.stream().map(ProblemPrinter::fields).toList();
    }

    /** A JSON array with one object per problem, in the order of the problems. */
    public static String json(List<Problem> problems) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(objects(problems));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers always fit into JSON", e);
        }
    }

    private static Map<String, Object> fields(Problem problem) {
        SourceLocation at = problem.location();
        var fields = new LinkedHashMap<String, Object>();
        fields.put("id", problem.id().code());
        fields.put("file", at.file());
        if (at.hasLine()) {
            fields.put("line", at.line());
            fields.put("column", at.column());
            fields.put("endLine", at.endLine());
            fields.put("endColumn", at.endColumn());
        }
        fields.put("message", problem.message());
        if (!problem.hint().isEmpty()) {
            fields.put("hint", problem.hint());
        }
        return fields;
    }
}
