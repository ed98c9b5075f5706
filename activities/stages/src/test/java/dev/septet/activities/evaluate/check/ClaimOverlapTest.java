package dev.septet.activities.evaluate.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.evaluate.check.SentenceSupport.Support;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimOverlapTest {
    private static final String CONTEXT =
            "Marie Curie was born in Warsaw. In 1911 she got 1,500.50 francs from the academy's NASA2 fund.";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Marie was born in Warsaw. | SUPPORTED",
                "Marie was born in Paris. | UNSUPPORTED",
                "She got it. | NO_CLAIM",
                "Nobody got 1500.50 francs. | SUPPORTED",
                "She got 1'500,50 francs. | SUPPORTED",
                "She got 1501 francs. | UNSUPPORTED",
                "Pierre Curie got it. | UNSUPPORTED",
                "Pierre got it. | NO_CLAIM",
                "it was nasa2 and NASA2 | SUPPORTED",
                "她在\u0661\u0669\u0661\u0661 | SUPPORTED",
            })
    void looksForNamesAndNumbers(String sentence, Support expected) {
        assertThat(new ClaimOverlap().of(sentence, CONTEXT)).isEqualTo(expected);
    }

    @Test
    void splitsSentencesOfSeveralLanguages() {
        assertThat(SentenceSupport.sentences("It is 3.5 m long. Is it?\n- a line\n\n它很长。真的吗？"))
                .containsExactly("It is 3.5 m long.", "Is it?", "- a line", "它很长。", "真的吗？");
    }

    @Test
    void comparesWordsOfAnyScript() {
        assertThat(CommonWords.f1("the red house", "The house!")).isEqualTo(0.8);
        assertThat(CommonWords.f1("дом", "дом.")).isEqualTo(1);
        assertThat(CommonWords.f1("a", "b")).isZero();
        assertThat(CommonWords.f1("", "?")).isEqualTo(1);
    }
}
