package dev.septet.examples.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class GrammarTest {
    private static final Grammar GRAMMAR = Grammar.parse(
            "# a comment\nstart:\n  the {colour} {thing}{end}\n\ncolour:\n  red\nend:\n  -\nloop:\n  {loop}\n");

    @Test
    void fillsHolesFromWordsAndRules() {
        Draw draw = Draw.of(1, "test", 0);
        assertThat(GRAMMAR.phrase("start", Map.of("thing", "hat"), draw)).isEqualTo("the red hat");
    }

    @Test
    void saysWhatIsMissingOrEndless() {
        Draw draw = Draw.of(1, "test", 0);
        assertThatThrownBy(() -> GRAMMAR.phrase("start", Map.of(), draw)).hasMessage("no rule 'thing'");
        assertThatThrownBy(() -> GRAMMAR.phrase("loop", Map.of(), draw))
                .hasMessageContaining("nests more than 16 levels");
    }
}
