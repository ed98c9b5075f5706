package dev.septet.dsl.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that leaves holds a row's text, or a character that steers a terminal. */
class PublicTextTest {
    private static final String HIDDEN = "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Co}]";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\u001b[31mb",
                "\u001b]8;;http://evil.example\u0007link\u001b]8;;\u0007",
                "\u009b2J",
                "safe\u202Egnp.exe",
                "zero\u200Bwidth\uFEFF",
                "line\u2028break",
                "nul\u0000",
                "a\rb",
                "tag\uDB40\uDC41",
                "half\uD800",
            })
    void showsHiddenCharactersByTheirNumbers(String hostile) throws Exception {
        String quoted = JsonMapper.builder().build().writeValueAsString(hostile);
        for (String shown : new String[] {
            PublicText.file(hostile).toString(),
            PublicText.said(hostile).toString(),
            PublicText.visible(hostile),
            PublicText.line(hostile),
            PublicText.json(quoted),
        }) {
            assertThat(shown).doesNotContainPattern(HIDDEN);
        }
        assertThat(JsonMapper.builder().build().readValue(PublicText.json(quoted), String.class))
                .isEqualTo(hostile);
    }

    @Test
    void tellsOnlyTheKindOfWhatAParserCouldNotRead() {
        assertThat(PublicText.of(new NumberFormatException("For input string: \"secret\"")))
                .hasToString("what was read is not valid (NumberFormatException)");
        assertThatThrownBy(() -> JsonMapper.builder().build().readTree("{\"a\": secret}"))
                .satisfies(
                        problem -> assertThat(PublicText.of(problem).toString()).doesNotContain("secret"));
        assertThat(PublicText.of(new IllegalStateException("a\u001b[2Jb"))).hasToString("a<U+001B>[2Jb");
    }

    @Test
    void keepsJoinersInWhatAModelSays() {
        String family = "\uD83D\uDC68\u200D\uD83D\uDC67 \n";
        assertThat(PublicText.spoken(family)).isEqualTo(family);
        assertThat(PublicText.spoken("\u001b]52;c;AAAA\u0007\u202Ex")).isEqualTo("<U+001B>]52;c;AAAA<U+0007><U+202E>x");
    }

    @Test
    void keepsTextOfEveryLanguageAndTheLinesOfASentence() {
        String text = "Grüße, 日本語, עברית, 👍: done\n\tand more";
        assertThat(PublicText.visible(text)).isEqualTo(text);
        assertThat(PublicText.json("{\n\t\"a\" : 1}")).isEqualTo("{\n\t\"a\" : 1}");
        assertThat(PublicText.line("a\nb")).isEqualTo("a<U+000A>b");
    }

    @Test
    void takesNoTextOfARow() {
        String secret = "my card is 4111 1111 1111 1111";
        assertThat(PublicText.of("found %s in %d", secret, 7)).hasToString("found a text of 30 characters in 7");
        assertThat(PublicText.of("%s, %s", PublicText.file("a.csv"), true)).hasToString("a.csv, true");
        assertThat(PublicText.field(secret)).hasToString("a name of 30 characters");
        assertThat(PublicText.field("secret4711")).hasToString("a name of 10 characters");
        assertThat(PublicText.field("tool_calls")).hasToString("tool_calls");
        assertThat(PublicText.file("x".repeat(5000)).toString()).hasSizeLessThan(1100);
    }
}
