package dev.septet.dsl.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.problem.Problem;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.SourceText;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the pre-scan would have refused, given to the parser all the same. */
class DeadlineTest {
    private static List<Problem> parse(String text) {
        return Deadline.read(new Problems(SourceText.of("slow.groovy", text)), reader -> reader.file(BraceSyntax.NONE))
                .problems()
                .list();
    }

    @Test
    void leavesAParserThatOverruns() {
        // Groovy compares each option with all before it: seconds, but not for ever.
        String options =
                IntStream.range(0, 40_000).mapToObj(i -> "b" + i + ": 1").collect(Collectors.joining(", "));
        assertThat(parse("a " + options)).singleElement().satisfies(problem -> {
            assertThat(problem.id()).isEqualTo(ProblemId.LIMIT);
            assertThat(problem.message()).startsWith("the file takes longer to read than 2 seconds");
        });
        assertThat(parse("a 1")).isEmpty();
    }

    @Test
    void survivesExpressionsTooDeepForTheStack() {
        // Compiled frames are small: the stack has held 60,000 of these.
        assertThat(parse("def x = " + "!".repeat(400_000) + "true"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).startsWith("an expression in the file"));
    }
}
