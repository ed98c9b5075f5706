package dev.septet.walls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Messages use the field's terms: no string literal of the main sources has a retired word. */
class RetiredWordsTest {
    private static final Pattern RETIRED = Pattern.compile(
            "\\b(?:anew|(?:laid|lay|lays) down|so many|hears|(?:is|are|was|were|be) told"
                    + "|wish|wishes|nobody|somebody|goes on|already said|cannot say)\\b",
            Pattern.CASE_INSENSITIVE);

    /** Comments and character literals are matched so that quotes in them are skipped. */
    private static final Pattern TOKEN = Pattern.compile(
            "//[^\\n]*|/\\*(?:[^*]|\\*(?!/))*+\\*/|'(?:\\\\.|[^'\\\\])+'"
                    + "|\"\"\"(?<block>(?:\\\\.|(?!\"\"\")[^\\\\])*+)\"\"\""
                    + "|\"(?<line>(?:\\\\.|[^\"\\\\\\n])*+)\"",
            Pattern.DOTALL);

    /** Texts that are persisted, or that histories of old runs repeat. */
    private static final List<Literal> ALLOWED = List.of(
            new Literal(
                    "ChainChecks",
                    "start the pipeline again, it makes this form anew; if it stays, report" + " it as a bug"),
            new Literal(
                    "EndpointLink",
                    "%s is answered otherwise, or goes on where the model stops: the"
                            + " endpoint has other weights, another template, or other stop"
                            + " tokens; restart it with the exported files"),
            new Literal("TrainingSteering", "the training was told to end before it reaches step %d"),
            new Literal("Training", "stopped early, as it was told"),
            new Literal("ApprovalWords", "the pipeline's file asks nobody, so there is nothing to answer"),
            new Literal("SteeringWords", "goes on with step %d"));

    @Test
    void noMessageHasARetiredWord() throws IOException {
        List<Literal> found = new ArrayList<>();
        int literals = 0;
        for (Path module : NamedTest.modules()) {
            Path sources = module.resolve("src/main/java");
            try (Stream<Path> files = Files.walk(sources)) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    String type = file.getFileName().toString().replace(".java", "");
                    for (String text : literals(Files.readString(file))) {
                        literals++;
                        if (RETIRED.matcher(text).find()) {
                            found.add(new Literal(type, text));
                        }
                    }
                }
            }
        }
        assertThat(literals).as("literals with a space").isGreaterThan(3000);
        assertThat(found)
                .as("write the field's term instead (subject, verb, object)")
                .containsExactlyInAnyOrderElementsOf(ALLOWED);
    }

    @Test
    void readsWhatAPersonReads() {
        assertThat(literals("f(\"it is made \" + \"anew\");")).containsExactly("it is made anew");
        assertThat(literals("// \"a b\"\nf('\"', \"c d\", \"e\");")).containsExactly("c d");
        assertThat(literals("/* \"a b\" */ f(\"c \\\" d\");")).containsExactly("c \\\" d");
        assertThat(literals("f(\"a \" + b + \" c\");")).containsExactly("a ", " c");
        assertThat(literals("f(\"\"\"\n a \"b\"\n\"\"\");")).containsExactly("\n a \"b\"\n");
        assertThat("It goes on.").containsPattern(RETIRED);
        assertThat("Wished, sightseeing, annew").doesNotContainPattern(RETIRED);
    }

    /** String literals with a space; those that only a plus separates are one. */
    private static List<String> literals(String source) {
        List<String> texts = new ArrayList<>();
        Matcher token = TOKEN.matcher(source);
        int end = -1;
        while (token.find()) {
            String text = token.group("block") == null ? token.group("line") : token.group("block");
            if (text == null) {
                continue;
            }
            if (end >= 0 && source.substring(end, token.start()).strip().equals("+")) {
                texts.add(texts.remove(texts.size() - 1) + text);
            } else {
                texts.add(text);
            }
            end = token.end();
        }
        return texts.stream().filter(text -> text.contains(" ")).toList();
    }

    /**
     * A text in the sources.
     *
     * @param type the file's name without its ending
     */
    private record Literal(String type, String text) {}
}
