package dev.septet.dsl.problem;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProblemPrinterTest {
    private static String text(String source, int line, int column, int length) {
        var problems = new Problems(SourceText.of("a.groovy", source));
        problems.add(
                ProblemId.SYNTAX, SourceLocation.of("a.groovy", line, column, length), "this is wrong", "Mend it.");
        return ProblemPrinter.text(problems.list());
    }

    @Test
    void underlinesThePiece() {
        assertThat(text("pipeline('a') {\n    trian { }\n}", 2, 5, 5)).isEqualTo("""
                        a.groovy:2:5: this is wrong. Mend it.
                            2 |     trian { }
                              |     ^^^^^
                        """);
    }

    @Test
    void keepsTabsSoThatTheCaretStandsBelow() {
        assertThat(text("\ttrian { }", 1, 2, 5)).isEqualTo("""
                        a.groovy:1:2: this is wrong. Mend it.
                            1 | \ttrian { }
                              | \t^^^^^
                        """);
    }

    @Test
    void givesAnEmojiTheTwoColumnsThatATerminalDoes() {
        assertThat(text("/* 😀 */ trian { }", 1, 9, 5)).endsWith("      |          ^^^^^\n");
    }

    @Test
    void showsAWindowOfALongLine() {
        String line = "x ".repeat(5_000) + "trian { }";
        assertThat(text(line, 1, 10_001, 5).lines())
                .allSatisfy(shown -> assertThat(shown).hasSizeLessThan(120))
                .anySatisfy(shown -> assertThat(shown).endsWith("trian { }"))
                .anySatisfy(shown -> assertThat(shown).endsWith("^^^^^"));
    }

    @Test
    void makesControlCharactersVisible() {
        assertThat(text("a \u001b[2J b", 1, 3, 1))
                .contains("1 | a <U+001B>[2J b")
                .doesNotContain("\u001b");
    }

    @Test
    void pointsBehindTheLastCharacter() {
        assertThat(text("a", 1, 2, 1)).endsWith("    1 | a\n      |  ^\n");
    }

    @Test
    void ordersByPlaceAndSaysNothingTwice() {
        var problems = new Problems(SourceText.of("a.groovy", "a\nb"));
        problems.add(ProblemId.SYNTAX, SourceLocation.of("a.groovy", 2, 1, 1), "second");
        problems.add(ProblemId.SYNTAX, SourceLocation.of("a.groovy", 1, 1, 1), "first");
        problems.add(ProblemId.SYNTAX, SourceLocation.of("a.groovy", 1, 1, 1), "first");
        problems.add(ProblemId.UNREADABLE, SourceLocation.of("a.groovy"), "before all");
        assertThat(problems.list()).extracting(Problem::message).containsExactly("before all", "first", "second");
    }

    @Test
    void writesJsonForTools() {
        var problems = new Problems(SourceText.of("a.groovy", "trian { }"));
        problems.add(
                ProblemId.UNKNOWN_WORD,
                SourceLocation.of("a.groovy", 1, 1, 5),
                "`trian` is not known",
                "Did you mean `train`?");
        problems.add(ProblemId.MISSING, SourceLocation.of("a.groovy"), "no \"pipeline\"");
        assertThat(ProblemPrinter.json(problems.list())).isEqualToIgnoringNewLines("""
                        [ {
                          "id" : "missing",
                          "file" : "a.groovy",
                          "message" : "no \\"pipeline\\""
                        }, {
                          "id" : "unknown-word",
                          "file" : "a.groovy",
                          "line" : 1,
                          "column" : 1,
                          "endLine" : 1,
                          "endColumn" : 6,
                          "message" : "`trian` is not known",
                          "hint" : "Did you mean `train`?"
                        } ]""");
    }
}
