package dev.septet.dsl.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;

/**
 * Prints problems as SARIF 2.1.0, which code hosts and editors show beside the lines.
 *
 * @see <a href="https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html">OASIS: SARIF 2.1.0, 2020</a>
 */
public final class SarifPrinter {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

    private SarifPrinter() {}

    /** A SARIF log: one run with one result per problem, in the order of the problems. */
    public static String sarif(List<Problem> problems) {
        ObjectNode root = JSON.createObjectNode();
        root.put("$schema", SCHEMA);
        root.put("version", "2.1.0");
        ObjectNode run = root.putArray("runs").addObject();
        ObjectNode driver = run.putObject("tool").putObject("driver");
        driver.put("name", "Septet");
        ArrayNode rules = driver.putArray("rules");
        for (ProblemId id : ProblemId.values()) {
            ObjectNode rule = rules.addObject();
            rule.put("id", id.code());
            rule.putObject("shortDescription").put("text", id.meaning());
        }
        run.put("columnKind", "unicodeCodePoints");
        ArrayNode results = run.putArray("results");
        problems.forEach(problem -> add(results.addObject(), problem));
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers always fit into JSON", e);
        }
    }

    private static void add(ObjectNode result, Problem problem) {
        SourceLocation at = problem.location();
        result.put("ruleId", problem.id().code());
        result.put("ruleIndex", Arrays.asList(ProblemId.values()).indexOf(problem.id()));
        result.put("level", problem.id().isRemark() ? "note" : "error");
        result.putObject("message").put("text", problem.sentence());
        ObjectNode place = result.putArray("locations").addObject().putObject("physicalLocation");
        place.putObject("artifactLocation").put("uri", uri(at.file()));
        if (at.hasLine()) {
            ObjectNode region = place.putObject("region");
            region.put("startLine", at.line());
            region.put("startColumn", at.column());
            region.put("endLine", Math.max(at.endLine(), at.line()));
            region.put("endColumn", Math.max(at.endColumn(), 1));
        }
    }

    /** A path as a URI reference: relative as it was given, with {@code /} and without white space. */
    private static String uri(String file) {
        String path = file.replace('\\', '/');
        try {
            return new URI(path.startsWith("/") ? "file" : null, null, path, null).toASCIIString();
        } catch (URISyntaxException e) {
            return "unknown";
        }
    }
}
