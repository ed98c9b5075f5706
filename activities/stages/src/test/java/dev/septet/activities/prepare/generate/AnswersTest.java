package dev.septet.activities.prepare.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What counts as an answer. */
class AnswersTest {
    @Test
    void answersAreReadWithoutTheirDecoration() {
        assertThat(Answers.text("```\nOne\n```")).contains("One");
        assertThat(Answers.text("\"a\" and \"b\"")).contains("\"a\" and \"b\"");
        assertThat(Answers.text("\"only\"")).contains("only");
        assertThat(Answers.text(" \n")).isEmpty();
        assertThat(Answers.text("a\ud83d")).isEmpty();
        assertThat(Answers.text("a\0")).isEmpty();
        assertThat(Answers.text("\ud83d\ude00")).contains("\ud83d\ude00");
        assertThat(Answers.pair("{\"question\":\"q\",\"answer\":\"\\ude00\"}")).isEmpty();
        assertThat(Answers.pair("Sure:\n```json\n{\"question\":\"q\",\"answer\":\"a\"}\n```"))
                .contains(new Answers.Pair("q", "a"));
        for (String wrong : List.of("{\"question\":1,\"answer\":\"a\"}", "{\"question\":\"q\"}", "}{", "{", "[1]")) {
            assertThat(Answers.pair(wrong)).as(wrong).isEmpty();
        }
        assertThat(Answers.agreed(List.of("No.", "Yes!", "yes"), 2)).contains("Yes!");
        assertThat(Answers.agreed(List.of("No.", "Yes!", "maybe"), 2)).isEmpty();
    }
}
